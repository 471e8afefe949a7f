import { DialerHandshake } from "../../../runtime/channel/dialer-handshake.ts";
import type { FinishedHandshake, Handshake, HandshakeStep } from "../../../runtime/channel/handshake.ts";
import { ListenerHandshake } from "../../../runtime/channel/listener-handshake.ts";
import type { DialerOptions, ListenerOptions } from "../../../runtime/channel/options.ts";
import { Records } from "../../../runtime/channel/records.ts";
import { serverKeyOf } from "../../../runtime/crypto/identity.ts";
import { dial, type End, identity, listen, native, seededRandom, TestTime } from "./ends.ts";

/** A peer that completes the handshake and then sends whatever a test wants, properly sealed. */
export interface Rogue {
  /** The real end, established. */
  readonly end: End;
  readonly finished: FinishedHandshake;
  /** A sealed record of any kind, given to the real end. */
  send(kind: number, body: Uint8Array): void;
}

export function rogueDialer(options: Partial<DialerOptions> = {}): Rogue {
  const time = new TestTime();
  const handshake = new DialerHandshake({
    crypto: native,
    random: seededRandom(90),
    timers: time.timers,
    server: serverKeyOf(identity),
    ...options,
  });
  const end = listen(time);
  const finished = complete(handshake, end);
  const rogue = sealing(end, finished, new Records(finished.epoch.fromDialer, finished.epoch.fromListener));
  rogue.send(15, new Uint8Array(0));
  return rogue;
}

export function rogueListener(options: Partial<ListenerOptions> = {}): Rogue {
  const time = new TestTime();
  const { staticKeys } = identity;
  const handshake = new ListenerHandshake({ crypto: native, random: seededRandom(91), timers: time.timers, staticKeys, ...options });
  const end = dial(time);
  const finished = complete(handshake, end);
  return sealing(end, finished, new Records(finished.epoch.fromListener, finished.epoch.fromDialer));
}

function sealing(end: End, finished: FinishedHandshake, records: Records): Rogue {
  return { end, finished, send: (kind, body) => end.channel.receive(records.seal(kind, body)) };
}

function complete(handshake: Handshake, end: End): FinishedHandshake {
  let step = handshake.start();
  for (;;) {
    if (step.output !== undefined) end.channel.receive(step.output);
    if (step.finished !== undefined) return step.finished;
    for (let rest = end.take(); rest.length > 0; ) {
      const length = 2 + ((rest[0]! << 8) | rest[1]!);
      step = done(handshake.receive(rest.subarray(0, length)));
      rest = rest.subarray(length);
    }
  }
}

/** With the work that a real end would schedule. */
function done(step: HandshakeStep): HandshakeStep {
  return step.work === undefined ? step : done(step.work());
}
