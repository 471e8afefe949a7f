import { Close } from "../../../generated/zserver/protocol/v1/session.ts";
import { type Channel, type ChannelEvents, RecordKind } from "../../../runtime/channel/channel.ts";
import { DialerChannel } from "../../../runtime/channel/dialer-channel.ts";
import { ListenerChannel } from "../../../runtime/channel/listener-channel.ts";
import { PlainChannel } from "../../../runtime/channel/plain-channel.ts";
import { serverKeyOf } from "../../../runtime/crypto/identity.ts";
import type { KeyPair } from "../../../runtime/crypto/provider.ts";
import { type EndReason, endReasonFromNumber } from "../../../runtime/errors/end-reason.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { defaultLimits, type Limits, limitsToWire } from "../../../runtime/session/limits.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { identity, native, seededRandom } from "../channel/ends.ts";
import { join, type ParsedFrame, parseFrames } from "./frames.ts";
import { clientHello, welcome } from "./session-end.ts";
import type { World } from "./world.ts";

let seed = 1000;

/** A peer that is driven by hand: a real channel, and whatever frames the test wants. It keeps no rule of its own. */
export class RawPeer {
  readonly transport: Transport;
  readonly channel: Channel;
  readonly world: World;
  readonly #received: { readonly kind: number; readonly bytes: Uint8Array }[] = [];
  /** Why the channel or the transport ended. */
  ending: EndReason | "TRANSPORT" | undefined;
  established = false;

  constructor(world: World, transport: Transport, make: (events: ChannelEvents) => Channel) {
    this.world = world;
    this.transport = transport;
    this.channel = make({
      output: (bytes) => void transport.write(bytes),
      established: () => {
        this.established = true;
      },
      record: (kind, plaintext) => void this.#received.push({ kind, bytes: plaintext.slice() }),
      rotated() {},
      ended: (reason) => {
        this.ending ??= reason;
      },
      illegal() {
        throw new Error("a peer that is driven by hand was sent an illegal record");
      },
    });
    transport.start({
      onBytes: (bytes) => this.channel.receive(bytes),
      onDrain() {},
      onClose: () => {
        this.ending ??= "TRANSPORT";
      },
    });
    this.channel.start();
  }

  /** Sends frames as one record or more, and lets the other side take them in. */
  async send(...frames: readonly Uint8Array[]): Promise<void> {
    this.put(...frames);
    await this.world.settle();
  }

  /** The same in records of a kind. */
  async sendAs(kind: number, ...frames: readonly Uint8Array[]): Promise<void> {
    this.channel.send(kind, join(...frames));
    await this.world.settle();
  }

  /** Sends frames without waiting. */
  put(...frames: readonly Uint8Array[]): void {
    this.channel.send(RecordKind.NORMAL, join(...frames));
  }

  /** All frames that came so far. */
  get frames(): ParsedFrame[] {
    return parseFrames(join(...this.#received.map(({ bytes }) => bytes)));
  }

  /** Those in records of a kind. */
  framesIn(kind: number): ParsedFrame[] {
    return parseFrames(join(...this.#received.filter((record) => record.kind === kind).map(({ bytes }) => bytes)));
  }

  ofType(type: FrameType): ParsedFrame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** The closing frame that came, read; undefined when none did. */
  get closed(): { readonly reason: EndReason; readonly message: string; readonly accepted: bigint | undefined } | undefined {
    const [frame] = this.ofType(FrameType.CLOSE);
    if (frame === undefined) return undefined;
    const { reason, message, accepted } = decode(Close, frame.body);
    return { reason: endReasonFromNumber(reason), message, accepted: accepted[0] };
  }
}

export interface RawClientOptions {
  readonly sealed?: boolean;
  readonly hello?: boolean;
  /** Default: it has none, and is nobody. */
  readonly clientKey?: KeyPair | undefined;
}

/** A client without rules: connected to `memory:server`, its hello said unless `hello` is false. */
export async function rawClient(world: World, options: RawClientOptions = {}): Promise<RawPeer> {
  const transport = await world.until(world.network.dial("server"));
  const common = { crypto: native, random: seededRandom(seed++), timers: timersOf(world.clock) };
  const raw = new RawPeer(world, transport, (events) =>
    options.sealed === false
      ? new PlainChannel({ ...common, role: "dialer" }, events)
      : new DialerChannel({ ...common, server: serverKeyOf(identity), clientKey: options.clientKey }, events),
  );
  await world.settle();
  if (options.hello !== false) await raw.send(clientHello());
  return raw;
}

/**
 * A server without rules on `memory:server`, which welcomes whoever comes unless `welcomes` is false. The peers that it has are in the list.
 *
 * @param compressions the forms in which it says that it takes commands
 */
export function rawServer(world: World, limits: Partial<Limits> = {}, welcomes = true, compressions?: number): RawPeer[] {
  const peers: RawPeer[] = [];
  world.network.listen("server", (transport) => {
    const common = { crypto: native, random: seededRandom(seed++), timers: timersOf(world.clock) };
    const { staticKeys } = identity;
    const told = limitsToWire({ ...defaultLimits, ...limits, compressions });
    const raw = new RawPeer(world, transport, (events) => {
      const welcoming: ChannelEvents = {
        ...events,
        output: (bytes) => events.output(bytes),
        record: (kind, plaintext) => events.record(kind, plaintext),
        rotated: (epoch) => events.rotated(epoch),
        ended: (reason, message) => events.ended(reason, message),
        illegal: (message) => events.illegal(message),
        established: (peer) => {
          events.established(peer);
          if (welcomes) world.clock.endOfTurn(() => raw.put(welcome()));
        },
      };
      return new ListenerChannel({ ...common, staticKeys, limits: told }, welcoming);
    });
    peers.push(raw);
  });
  return peers;
}
