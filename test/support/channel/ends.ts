import type { Channel, ChannelEvents, ChannelPeer, PresentedServerKey } from "../../../runtime/channel/channel.ts";
import { DialerChannel } from "../../../runtime/channel/dialer-channel.ts";
import { ListenerChannel } from "../../../runtime/channel/listener-channel.ts";
import type { DialerOptions, ListenerDoor, ListenerOptions } from "../../../runtime/channel/options.ts";
import { createIdentity, type Identity, serverKeyOf } from "../../../runtime/crypto/identity.ts";
import { nativeCrypto } from "../../../runtime/crypto/native.ts";
import { portableCrypto } from "../../../runtime/crypto/portable.ts";
import type { CryptoProvider, KeyPair } from "../../../runtime/crypto/provider.ts";
import type { RandomSource } from "../../../runtime/crypto/random.ts";
import type { EndReason } from "../../../runtime/errors/end-reason.ts";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { TimerWheel } from "../../../runtime/time/timer-wheel.ts";

export const native: CryptoProvider = nativeCrypto();
export const portable: CryptoProvider = portableCrypto();

/** Random bytes that a seed repeats (mulberry32); fresh memory each time, as channels wipe what they draw. */
export function seededRandom(seed: number): RandomSource {
  let state = seed >>> 0;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return (mixed ^ (mixed >>> 14)) & 0xff;
    });
}

export const identity: Identity = createIdentity(native, seededRandom(1));
export const otherIdentity: Identity = createIdentity(native, seededRandom(2));
export const clientKey: KeyPair = native.x25519KeyPair(seededRandom(3)(32));

/** Time of one test, on which nothing happens by itself. What a timer throws reaches the test. */
export class TestTime {
  readonly clock: ManualClock = new ManualClock();
  readonly timers: TimerWheel = new TimerWheel({
    clock: this.clock,
    onError: (error) => {
      throw error;
    },
  });
}

/** One end: a channel, and everything that it told. */
export class End<C extends Channel = Channel> implements ChannelEvents {
  channel!: C;
  /** What was put out and not yet carried over. */
  readonly sent: Uint8Array[] = [];
  readonly records: { readonly kind: number; readonly bytes: Uint8Array }[] = [];
  readonly epochs: number[] = [];
  /** The names of all events but `output`, in order. */
  readonly told: string[] = [];
  peer: ChannelPeer | undefined;
  presented: PresentedServerKey | undefined;
  ending: { readonly reason: EndReason; readonly message: string; readonly retryAfterMs: number | undefined } | undefined;
  illegalMessage: string | undefined;
  /** Called last in each event. */
  hook: (event: string) => void = () => {};

  output(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }
  established(peer: ChannelPeer): void {
    this.peer = peer;
    this.#tell("established");
  }
  serverKey(presented: PresentedServerKey): void {
    this.presented = presented;
    this.#tell("serverKey");
  }
  record(kind: number, plaintext: Uint8Array): void {
    this.records.push({ kind, bytes: plaintext.slice() });
    this.#tell("record");
  }
  rotated(epoch: number): void {
    this.epochs.push(epoch);
    this.#tell("rotated");
  }
  ended(reason: EndReason, message: string, retryAfterMs?: number): void {
    this.ending = { reason, message, retryAfterMs };
    this.#tell("ended");
  }
  illegal(message: string): void {
    this.illegalMessage = message;
    this.#tell("illegal");
  }

  /** All that waits to be carried, as one piece. */
  take(): Uint8Array {
    return Uint8Array.from(this.sent.splice(0).flatMap((bytes) => [...bytes]));
  }

  #tell(event: string): void {
    this.told.push(event);
    this.hook(event);
  }
}

export type DialerEnd = End<DialerChannel>;
export type ListenerEnd = End<ListenerChannel>;

/** A dialler that pins `identity`, started. */
export function dial(time: TestTime, options: Partial<DialerOptions> = {}): DialerEnd {
  const end: DialerEnd = new End();
  end.channel = new DialerChannel(
    { crypto: native, random: seededRandom(10), timers: time.timers, server: serverKeyOf(identity), ...options },
    end,
  );
  end.channel.start();
  return end;
}

/** A listener that is `identity`, started. */
export function listen(time: TestTime, { overloaded, schedule, ...options }: Partial<ListenerOptions> & ListenerDoor = {}): ListenerEnd {
  const end: ListenerEnd = new End();
  const { staticKeys } = identity;
  const door = { ...(overloaded && { overloaded }), ...(schedule && { schedule }) };
  end.channel = new ListenerChannel(
    { crypto: native, random: seededRandom(20), timers: time.timers, staticKeys, limits: { messageBytes: 1000 }, ...options },
    end,
    door,
  );
  end.channel.start();
  return end;
}

/** Carries bytes both ways until none are left. */
export function carry(left: End, right: End): void {
  while (left.sent.length + right.sent.length > 0) {
    for (const bytes of left.sent.splice(0)) right.channel.receive(bytes);
    for (const bytes of right.sent.splice(0)) left.channel.receive(bytes);
  }
}

export interface Connection {
  readonly time: TestTime;
  readonly dialer: DialerEnd;
  readonly listener: ListenerEnd;
}

/** Both ends established: one record has gone from the dialler to the listener, and none is left in `records`. */
export function connect(dialerOptions: Partial<DialerOptions> = {}, listenerOptions: Partial<ListenerOptions> = {}): Connection {
  const time = new TestTime();
  const dialer = dial(time, dialerOptions);
  const listener = listen(time, listenerOptions);
  carry(dialer, listener);
  if (dialer.peer === undefined) throw new Error(`the dialler ended: ${dialer.ending?.reason} ${dialer.ending?.message}`);
  dialer.channel.send(15, new Uint8Array(0));
  carry(dialer, listener);
  listener.records.length = 0;
  return { time, dialer, listener };
}

export const text = (characters: string): Uint8Array => new TextEncoder().encode(characters);
