/** What a channel adds to its cipher, in µs a record, what a handshake costs both ends together, and a rotation each of them. */
import type { Channel, ChannelEvents } from "../runtime/channel/channel.ts";
import { DialerChannel } from "../runtime/channel/dialer-channel.ts";
import { ListenerChannel } from "../runtime/channel/listener-channel.ts";
import { createIdentity, type Identity, serverKeyOf } from "../runtime/crypto/identity.ts";
import type { CryptoProvider, KeyPair } from "../runtime/crypto/provider.ts";
import { systemRandom } from "../runtime/crypto/random.ts";
import type { Timers } from "../runtime/time/timers.ts";
import type { BenchOptions } from "./support/options.ts";
import { measureProviders, type Prepare } from "./support/providers.ts";
import type { Report } from "./support/report.ts";
import { timed } from "./support/timing.ts";

const BATCH = 64;

const ignore = (): void => {};
/** So much passes whenever somebody looks: rotations may follow each other at once. */
const STEP_MS = 2_000;
let now = 0;
const timers: Timers = { now: () => (now += STEP_MS), after: () => ({ cancel: ignore }), start: ignore };

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

function records(bytes: number, measure: "send" | "receive"): Prepare {
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
function cipher(bytes: number, measure: "send" | "receive"): Prepare {
  return (crypto) => {
    const aead = crypto.aead(new Uint8Array(32));
    const header = new Uint8Array(2);
    const [plaintext, sealed] = [new Uint8Array(bytes + 1), new Uint8Array(bytes + 17)];
    aead.seal(0, header, plaintext, sealed, 0);
    return () =>
      timed(BATCH, () => (measure === "send" ? aead.seal(0, header, plaintext, sealed, 0) : aead.open(0, header, sealed, plaintext, 0)));
  };
}

/** The part of one end: the dialler's message 1 and its answer to message 2, or the listener's message 2 and what it does about the switch. */
function rotation(mutual: boolean, end: "dialer" | "listener"): Prepare {
  return (crypto) => {
    const ends = connect(crypto, createIdentity(crypto, systemRandom), mutual ? crypto.x25519KeyPair(systemRandom(32)) : undefined);
    const { dialer, listener } = ends;
    let epoch = 0;
    return () => {
      const spent = { dialer: timed(1, () => dialer.channel.rotate()).ms, listener: 0 };
      const give = (to: "dialer" | "listener", bytes: Uint8Array | undefined): void => {
        spent[to] += timed(1, () => ends[to].channel.receive(bytes!)).ms;
      };
      give("listener", dialer.sent.shift());
      give("dialer", listener.sent.shift());
      give("listener", dialer.sent.shift());
      if (listener.channel.stats.epoch !== ++epoch) throw new Error("the keys were not renewed");
      return { ms: spent[end], count: 1 };
    };
  };
}

const cases: [string, Prepare][] = [
  ...[64, 16_384].flatMap((bytes): [string, Prepare][] => [
    [`send ${bytes} B`, records(bytes, "send")],
    [`seal ${bytes} B, cipher alone`, cipher(bytes, "send")],
    [`receive ${bytes} B`, records(bytes, "receive")],
    [`open ${bytes} B, cipher alone`, cipher(bytes, "receive")],
  ]),
  ...[false, true].flatMap((mutual): [string, Prepare][] => [
    [
      `handshake ${mutual ? "XK" : "NK"}, both ends`,
      (crypto) => {
        const identity = createIdentity(crypto, systemRandom);
        const clientKey = mutual ? crypto.x25519KeyPair(systemRandom(32)) : undefined;
        return () => timed(1, () => connect(crypto, identity, clientKey));
      },
    ],
    [`rotation ${mutual ? "KKpsk0" : "NKpsk0"}, dialler`, rotation(mutual, "dialer")],
    [`rotation ${mutual ? "KKpsk0" : "NKpsk0"}, listener`, rotation(mutual, "listener")],
  ]),
];

export const run = (options: BenchOptions): Promise<Report> => measureProviders(cases, options);
