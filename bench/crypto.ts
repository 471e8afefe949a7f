/** What each primitive costs with each provider. */
import type { CryptoProvider } from "../runtime/crypto/provider.ts";
import type { BenchOptions } from "./support/options.ts";
import { measureProviders } from "./support/providers.ts";
import type { Report } from "./support/report.ts";
import { timed } from "./support/timing.ts";

type Measured = (crypto: CryptoProvider) => () => void;

const seed = new Uint8Array(32).fill(7);
const header = new Uint8Array(2);
const statement = new Uint8Array(68);

function sealing(bytes: number): Measured {
  return (crypto) => {
    const aead = crypto.aead(seed);
    const [plaintext, output] = [new Uint8Array(bytes), new Uint8Array(bytes + 16)];
    let nonce = 0;
    return () => aead.seal(nonce++, header, plaintext, output, 0);
  };
}

function opening(bytes: number): Measured {
  return (crypto) => {
    const aead = crypto.aead(seed);
    const [plaintext, sealed] = [new Uint8Array(bytes), new Uint8Array(bytes + 16)];
    aead.seal(0, header, plaintext, sealed, 0);
    return () => {
      if (!aead.open(0, header, sealed, plaintext, 0)) throw new Error("a record that was sealed did not open");
    };
  };
}

const cases: [string, Measured][] = [
  ...[64, 1024, 16_384, 65_518].flatMap((bytes): [string, Measured][] => [
    [`seal ${bytes} B`, sealing(bytes)],
    [`open ${bytes} B`, opening(bytes)],
  ]),
  ["x25519KeyPair", (crypto) => () => crypto.x25519KeyPair(seed)],
  [
    "x25519",
    (crypto) => {
      const pair = crypto.x25519KeyPair(seed);
      return () => crypto.x25519(pair, pair.publicKey);
    },
  ],
  [
    "ed25519Sign",
    (crypto) => {
      const pair = crypto.ed25519KeyPair(seed);
      return () => crypto.ed25519Sign(pair, statement);
    },
  ],
  [
    "ed25519Verify",
    (crypto) => {
      const pair = crypto.ed25519KeyPair(seed);
      const signature = crypto.ed25519Sign(pair, statement);
      return () => crypto.ed25519Verify(pair.publicKey, statement, signature);
    },
  ],
  ["sha256 64 B", (crypto) => () => crypto.sha256(statement)],
  ["hmacSha256 64 B", (crypto) => () => crypto.hmacSha256(seed, statement)],
];

export function run(options: BenchOptions): Promise<Report> {
  const rows = cases.map(([name, measured]): Parameters<typeof measureProviders>[0][number] => [
    name,
    (crypto) => {
      const call = measured(crypto);
      return () => timed(8, call);
    },
  ]);
  return measureProviders(rows, options);
}
