// What each primitive costs with each provider, in µs a call: node --import tsx --conditions=source bench/crypto.ts
// Each figure is the median of rounds that alternate between the providers, so that a busy machine slows all alike.
import { nativeCrypto } from "../runtime/crypto/native.ts";
import { portableCrypto } from "../runtime/crypto/portable.ts";
import type { CryptoProvider } from "../runtime/crypto/provider.ts";
import { isSodiumInstalled } from "../runtime/crypto/sodium.ts";

const ROUNDS = 7;
const ROUND_MS = 40;

const providers: CryptoProvider[] = [portableCrypto(), nativeCrypto({ sodium: false })];
if (isSodiumInstalled()) providers.push(nativeCrypto({ sodium: true }));

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

/** µs a call over one round. */
function round(run: () => void): number {
  const start = performance.now();
  let calls = 0;
  let spent = 0;
  do {
    for (let index = 0; index < 8; index++) run();
    calls += 8;
    spent = performance.now() - start;
  } while (spent < ROUND_MS);
  return (spent / calls) * 1000;
}

console.log(["".padEnd(16), ...providers.map(({ name }) => name.padStart(30))].join(""));
for (const [name, measured] of cases) {
  const runs = providers.map(measured);
  const figures = runs.map((): number[] => []);
  for (const run of runs) round(run);
  for (let index = 0; index < ROUNDS; index++) for (const [which, run] of runs.entries()) figures[which]!.push(round(run));
  const medians = figures.map((list) => list.sort((a, b) => a - b)[ROUNDS >> 1]!);
  console.log([name.padEnd(16), ...medians.map((median) => median.toFixed(2).padStart(30))].join(""));
}
