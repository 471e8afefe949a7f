import type { ConnectOptions } from "../../runtime/client.ts";
import type { Clock } from "../../runtime/time/clock.ts";
import type { RandomSource } from "../../runtime/crypto/random.ts";
import type { Server, ServeOptions } from "../../runtime/server.ts";
import { FrameType } from "../../runtime/session/frame.ts";
import { seededRandom } from "../support/channel/ends.ts";
import { join, parseFrames, rawFrame } from "../support/session/frames.ts";
import { type Side, World } from "../support/session/world.ts";
import { recordedHandlers, useEverything } from "./use.ts";

const SERVER_SEED = 101;
const CLIENT_SEED = 102;
const RETENTION_MS = 300_000;
const QUIET_MS = 60_000;
const ADMITTED_MS = 20_000;

/** What reached one side over one connection of an unsealed session. */
export interface RecordedConnection {
  readonly hello: Uint8Array;
  /** Plaintexts of records. */
  readonly records: readonly Uint8Array[];
  /** The frames in them. */
  readonly frames: readonly Uint8Array[];
}

/** A random source that begins anew, so that a session of later gets the id and the secrets of the recorded one. */
export class RepeatedRandom {
  readonly #seed: number;
  #random: RandomSource;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed);
  }

  readonly source: RandomSource = (length) => this.#random(length);

  repeat(): void {
    this.#random = seededRandom(this.#seed);
  }
}

/** A server as in the recording. Its sessions are those of the recording from each {@link RepeatedRandom.repeat} on. */
export function servingAsRecorded(random: RepeatedRandom, clock: Clock): Partial<ServeOptions> {
  return {
    // The client renews its admission once, and then all is quiet.
    admit: (credentials, { reason }) => ({
      principal: `somebody with ${credentials.text()}`,
      expiresAt: reason === "renewal" ? undefined : new Date(clock.wallNow() + ADMITTED_MS),
    }),
    unsealed: true,
    identity: undefined,
    retentionMs: RETENTION_MS,
    random: random.source,
    handlers: recordedHandlers,
    onSession: (session) => void useEverything(session),
  };
}

export function connectingAsRecorded(random: RepeatedRandom): Partial<ConnectOptions> {
  return {
    unsealed: true,
    serverKey: undefined,
    retentionMs: RETENTION_MS,
    random: random.source,
    handlers: recordedHandlers,
    credentials: "somebody",
  };
}

export const serverRandom = (): RepeatedRandom => new RepeatedRandom(SERVER_SEED);
export const clientRandom = (): RepeatedRandom => new RepeatedRandom(CLIENT_SEED);

/**
 * A session with everything in it: both sides use all that there is, the connection is cut with frames under way, both go on over another one, use
 * all again, fall quiet until they ping, and end in order.
 */
export async function recordSession(): Promise<Record<Side, readonly RecordedConnection[]>> {
  const passed: Record<Side, Uint8Array[][]> = { client: [], server: [] };
  let cut: () => void = () => {};
  const world = new World({
    wire: (transport, side) => {
      const chunks: Uint8Array[] = [];
      passed[side].push(chunks);
      if (side === "client") cut = () => transport.destroy();
      const { start } = transport;
      transport.start = (events) =>
        start.call(transport, {
          onDrain: () => events.onDrain(),
          onClose: (close) => events.onClose(close),
          onBytes: (bytes) => {
            chunks.push(bytes.slice());
            events.onBytes(bytes);
          },
        });
      return transport;
    },
  });
  const random = serverRandom();
  const server: Server = await world.serve(servingAsRecorded(random, world.clock));
  random.repeat();
  const client = await world.connect(connectingAsRecorded(clientRandom()));
  useEverything(client);
  await world.settle(100);
  const late = useEverything(client);
  world.clock.endOfTurn(() => cut());
  await world.until(Promise.all(late), 60_000);
  await world.settle(QUIET_MS);
  await world.until(client.close("done"), 10_000);
  await world.until(server.close(), 10_000);
  if (world.log.length > 0) throw new Error(`the recorded session met a bug: ${JSON.stringify(world.log)}`);
  return { client: passed.client.map(recorded), server: passed.server.map(recorded) };
}

function recorded(chunks: readonly Uint8Array[]): RecordedConnection {
  const [hello = new Uint8Array(), ...packets] = packetsOf(join(...chunks));
  const records = packets.map((packet) => packet.subarray(2));
  const stream = join(...records.map((record) => record.subarray(1)));
  return { hello, records, frames: parseFrames(stream).map(({ header, body }) => rawFrame(header, body)) };
}

function packetsOf(bytes: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const next = at + 2 + ((bytes[at]! << 8) | bytes[at + 1]!);
    packets.push(bytes.subarray(at, next));
    at = next;
  }
  return packets;
}

/** The types of frames that no side of the recording said: they are reached only by what the mutator makes up. */
export function unrecordedTypes(sessions: Record<Side, readonly RecordedConnection[]>): string[] {
  const seen = new Set([...sessions.client, ...sessions.server].flatMap(({ frames }) => frames.map((frame) => frame[0]! >> 2)));
  return Object.entries(FrameType).flatMap(([name, type]) => (seen.has(type) ? [] : [name]));
}
