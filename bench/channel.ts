// What a channel adds to its cipher, in µs a record, and what a handshake and a rotation cost both ends together, in µs:
// node --import tsx --conditions=source bench/channel.ts
// Each figure is the median of rounds that alternate between the providers, so that a busy machine slows all alike.
import type { Channel, ChannelEvents } from "../runtime/channel/channel.ts";
import { DialerChannel } from "../runtime/channel/dialer-channel.ts";
import { ListenerChannel } from "../runtime/channel/listener-channel.ts";
import { createIdentity, type Identity, serverKeyOf } from "../runtime/crypto/identity.ts";
import { nativeCrypto } from "../runtime/crypto/native.ts";
import { portableCrypto } from "../runtime/crypto/portable.ts";
import type { CryptoProvider, KeyPair } from "../runtime/crypto/provider.ts";
import { systemRandom } from "../runtime/crypto/random.ts";
import { isSodiumInstalled } from "../runtime/crypto/sodium.ts";
import type { Timers } from "../runtime/time/timers.ts";

const ROUNDS = 7;
const ROUND_MS = 40;
const BATCH = 64;

const providers: CryptoProvider[] = [portableCrypto(), nativeCrypto({ sodium: false })];
if (isSodiumInstalled()) providers.push(nativeCrypto({ sodium: true }));

/** No time passes here. */
const timers: Timers = { now: () => 0, after: () => ({ cancel: () => {} }) };
const ignore = (): void => {};

class End implements ChannelEvents {
  channel!: Channel;
  readonly sent: Uint8Array[] = [];
  output(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }
  established: () => void = ignore;
  record: () => void = ignore;
  rotated: () => void = ignore;
  ended(reason: string, message: string): void {
    throw new Error(`${reason}: ${message}`);
  }
  illegal(message: string): void {
    throw new Error(message);
  }
}

interface Ends {
  readonly dialer: End;
  readonly listener: End;
}

function carry({ dialer, listener }: Ends): void {
  while (dialer.sent.length + listener.sent.length > 0) {
    for (const bytes of dialer.sent.splice(0)) listener.channel.receive(bytes);
    for (const bytes of listener.sent.splice(0)) dialer.channel.receive(bytes);
  }
}

function connect(crypto: CryptoProvider, identity: Identity, clientKey?: KeyPair): Ends {
  const ends = { dialer: new End(), listener: new End() };
  const common = { crypto, random: systemRandom, timers, rotateAfterBytes: 2 ** 40 };
  ends.dialer.channel = new DialerChannel({ ...common, server: serverKeyOf(identity), clientKey }, ends.dialer);
  ends.listener.channel = new ListenerChannel({ ...common, staticKeys: identity.staticKeys }, ends.listener);
  ends.listener.channel.start();
  ends.dialer.channel.start();
  carry(ends);
  ends.dialer.channel.send(0, new Uint8Array(0));
  carry(ends);
  return ends;
}

/** Does `count` of something and returns the milliseconds that count. */
type Measured = (crypto: CryptoProvider) => () => { readonly ms: number; readonly count: number };

function timed(count: number, run: () => void): { readonly ms: number; readonly count: number } {
  const start = performance.now();
  for (let index = 0; index < count; index++) run();
  return { ms: performance.now() - start, count };
}

function records(bytes: number, measure: "send" | "receive"): Measured {
  return (crypto) => {
    const { dialer, listener } = connect(crypto, createIdentity(crypto, systemRandom));
    const plaintext = new Uint8Array(bytes);
    return () => {
      const sending = timed(BATCH, () => dialer.channel.send(0, plaintext));
      let next = 0;
      const receiving = timed(BATCH, () => listener.channel.receive(dialer.sent[next++]!));
      dialer.sent.length = 0;
      return measure === "send" ? sending : receiving;
    };
  };
}

/** The cipher alone, as the channel calls it. */
function cipher(bytes: number, measure: "send" | "receive"): Measured {
  return (crypto) => {
    const aead = crypto.aead(new Uint8Array(32));
    const header = new Uint8Array(2);
    const [plaintext, sealed] = [new Uint8Array(bytes + 1), new Uint8Array(bytes + 17)];
    aead.seal(0, header, plaintext, sealed, 0);
    return () =>
      timed(BATCH, () => (measure === "send" ? aead.seal(0, header, plaintext, sealed, 0) : aead.open(0, header, sealed, plaintext, 0)));
  };
}

const cases: [string, Measured][] = [
  ...[64, 16_384].flatMap((bytes): [string, Measured][] => [
    [`send ${bytes} B`, records(bytes, "send")],
    ["  cipher alone", cipher(bytes, "send")],
    [`receive ${bytes} B`, records(bytes, "receive")],
    ["  cipher alone", cipher(bytes, "receive")],
  ]),
  ...[false, true].flatMap((mutual): [string, Measured][] => [
    [
      `handshake ${mutual ? "XK" : "NK"}, both ends`,
      (crypto) => {
        const identity = createIdentity(crypto, systemRandom);
        const clientKey = mutual ? crypto.x25519KeyPair(systemRandom(32)) : undefined;
        return () => timed(1, () => connect(crypto, identity, clientKey));
      },
    ],
    [
      `rotation ${mutual ? "KKpsk0" : "NKpsk0"}, both ends`,
      (crypto) => {
        const ends = connect(crypto, createIdentity(crypto, systemRandom), mutual ? crypto.x25519KeyPair(systemRandom(32)) : undefined);
        return () =>
          timed(1, () => {
            ends.dialer.channel.rotate();
            carry(ends);
          });
      },
    ],
  ]),
];

function round(run: ReturnType<Measured>): number {
  let [ms, count] = [0, 0];
  while (ms < ROUND_MS) {
    const done = run();
    ms += done.ms;
    count += done.count;
  }
  return (ms * 1000) / count;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

console.log(["".padEnd(28), ...providers.map(({ name }) => name.padStart(28))].join(""));
for (const [name, measured] of cases) {
  const runs = providers.map((crypto) => measured(crypto));
  for (const run of runs) round(run);
  const rounds = Array.from({ length: ROUNDS }, () => runs.map(round));
  const figures = runs.map((_, index) => median(rounds.map((figures) => figures[index]!)));
  console.log([name.padEnd(28), ...figures.map((figure) => figure.toFixed(2).padStart(28))].join(""));
}
