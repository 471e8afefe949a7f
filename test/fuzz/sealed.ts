import type { DialerOptions, ListenerOptions } from "../../runtime/channel/options.ts";
import { rotateStaticKey } from "../../runtime/crypto/identity.ts";
import { carry, clientKey, dial, type End, identity, listen, native, seededRandom, TestTime, text } from "../support/channel/ends.ts";
import { join } from "../support/session/frames.ts";
import { Mutator } from "./mutator.ts";
import type { FuzzRun, FuzzTarget } from "./target.ts";

/** Longer than anything that a handshake waits for. */
const PATIENCE_MS = 11_000;
const LARGEST_CHUNK_BYTES = 400;
/** Of one input, in bytes that the other end is answered: a dialler's offers twice, or a listener's hello. */
const MAX_ANSWER_BYTES = 4_096;

export interface Way {
  readonly dialer: Partial<DialerOptions>;
  readonly listener: Partial<ListenerOptions>;
}

const forgotten = rotateStaticKey(native, seededRandom(70), identity, { keepPrevious: 0 }).staticKeys;
const unknown = { server: { identity: identity.pair.publicKey } };

/** Every way through a handshake: NK, XK, XX, and a key that the server has replaced. */
export const ways: readonly Way[] = [
  { dialer: {}, listener: {} },
  { dialer: { clientKey }, listener: {} },
  { dialer: unknown, listener: {} },
  { dialer: {}, listener: { staticKeys: forgotten } },
];

export interface Ends {
  readonly time: TestTime;
  readonly dialer: ReturnType<typeof dial>;
  readonly listener: ReturnType<typeof listen>;
}

function dialing(time: TestTime, way: Way): Ends["dialer"] {
  const end = dial(time, way.dialer);
  end.hook = (event) => event === "established" && end.channel.send(0, text("hello"));
  return end;
}

/** The two ends of a connection that nothing has passed through. Whoever makes them twice gets the same keys. */
export function ends(way: Way): Ends {
  const time = new TestTime();
  return { time, dialer: dialing(time, way), listener: listen(time, way.listener) };
}

/** A handshake, records both ways, and two rotations. */
export function talk({ dialer, listener }: Ends): void {
  carry(dialer, listener);
  for (const renew of [false, true, true, false]) {
    // An end that was damaged may have had enough.
    if (dialer.peer === undefined || listener.peer === undefined) return;
    dialer.channel.send(0, text("from the dialler"));
    listener.channel.send(0, text("from the listener"));
    listener.channel.send(15, new Uint8Array(300));
    // The dialler begins: asked for it, so that a recording holds all that leads to it.
    if (renew) listener.channel.rotate();
    carry(dialer, listener);
  }
}

interface Recorded {
  readonly way: Way;
  /** What reached the end, packet by packet. */
  readonly packets: readonly Uint8Array[];
  /** How many of them establish the end. */
  readonly proof: number;
  readonly records: readonly string[];
}

const told = (end: End): string[] => end.records.map(({ kind, bytes }) => `${kind} ${Buffer.from(bytes).toString("hex")}`);

function record(way: Way, side: "dialer" | "listener"): Recorded {
  const made = ends(way);
  const end: End = made[side];
  const chunks: Uint8Array[] = [];
  let proof = 0;
  const { receive } = end.channel;
  end.channel.receive = (bytes) => {
    for (const packet of packetsOf(bytes)) {
      chunks.push(packet);
      receive.call(end.channel, packet);
      if (end.peer !== undefined && proof === 0) proof = chunks.length;
    }
  };
  talk(made);
  if (made.dialer.epochs.length !== 2 || made.listener.epochs.length !== 2) throw new Error("the recording has no rotations");
  return { way, packets: chunks, proof, records: told(end) };
}

function packetsOf(bytes: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = at + 2 + ((bytes[at]! << 8) | bytes[at + 1]!);
    packets.push(bytes.slice(at, next));
    at = next;
  }
  return packets;
}

/** Gives one end what was recorded, damaged, in chunks of any size, and checks that it believes nothing that was not said. */
function replay({ way, packets, proof, records }: Recorded, side: "dialer" | "listener", mutator: Mutator | undefined): string {
  const time = new TestTime();
  const end: End = side === "dialer" ? dialing(time, way) : listen(time, way.listener);
  // Half of the inputs leave the handshake alone, so that records are reached.
  const untouched = mutator === undefined ? packets.length : mutator.below(2) === 0 ? 0 : proof;
  const bytes = join(...packets.slice(0, untouched), ...(mutator?.mutate(packets.slice(untouched)) ?? []));
  for (let at = 0; at < bytes.length; ) {
    const next = at + 1 + (mutator?.below(LARGEST_CHUNK_BYTES) ?? bytes.length);
    end.channel.receive(bytes.slice(at, next));
    at = next;
  }
  time.clock.advance(PATIENCE_MS);
  if (end.peer !== undefined && !startsWith(bytes, join(...packets.slice(0, proof))))
    throw new Error("an end took a damaged handshake for proof");
  const [believed, said] = [told(end), records.slice(0, end.records.length)];
  if (believed.join() !== said.join()) throw new Error(`records that were never sent were delivered: ${believed.at(-1)}`);
  const answered = join(...end.sent).length;
  if (answered > MAX_ANSWER_BYTES) throw new Error(`${bytes.length} bytes were answered with ${answered}`);
  end.channel.destroy();
  if (time.timers.size > 0) throw new Error(`${time.timers.size} timers were left`);
  return end.ending?.reason ?? (end.illegalMessage === undefined ? "goes on" : "illegal");
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, start.length), start) === 0;
}

function sealed(side: "dialer" | "listener", share: number): FuzzTarget {
  return {
    name: `sealed-to-${side === "dialer" ? "client" : "server"}`,
    share,
    async prepare(): Promise<FuzzRun> {
      const recordings = ways.map((way) => record(way, side));
      for (const recording of recordings) {
        const end = replay(recording, side, undefined);
        if (end !== "goes on") throw new Error(`what was recorded is refused: ${end}`);
      }
      return (seed) => {
        const mutator = new Mutator(seed);
        return replay(mutator.pick(recordings), side, mutator);
      };
    },
  };
}

/** Handshake messages, records and rotations as the network may change them. */
export const sealedToServer: FuzzTarget = sealed("listener", 110);
export const sealedToClient: FuzzTarget = sealed("dialer", 110);
