import { checkCallOptions } from "../command/call-options.ts";
import type { OutgoingClass } from "../command/outgoing-class.ts";
import { Peer } from "../command/peer.ts";
import type { AnyCommand } from "../command/registry.ts";
import type { Session } from "../command/session-type.ts";
import { SharedOneWay } from "../command/shared-one-way.ts";
import type { TravellingCommand } from "../command/travelling.ts";
import { CommandError } from "../errors/command-error.ts";
import { checkOptions } from "../errors/options.ts";
import type { Caller, CallOptions } from "../schema/caller.ts";
import { type CommandType, type ServiceType, serviceInfo } from "../schema/service-type.ts";
import type { BroadcastTurns } from "./broadcast-turns.ts";
import { groupName } from "./groups.ts";

/** Who gets a broadcast: sessions, such as a group or a list, or a function that is asked of each session of the server. */
export type Audience<Data = unknown> = Iterable<Session<Data>> | ((session: Session<Data>) => boolean);

/** What `server.broadcast` takes besides service and audience. */
export interface BroadcastOptions {
  /**
   * What becomes of a session that has no room or credit for it: `skip` leaves it out, `end` ends it with SLOW_PEER, so that nobody misses one of many and
   * goes on. Volatile commands are always left out. Default `skip`.
   */
  readonly onFull?: "skip" | "end" | undefined;
}

/** Of all call options, what makes sense for many: see `CallOptions`. */
export type BroadcastCallOptions = Pick<CallOptions, "timeoutMs">;

/** To how many sessions a broadcast went. */
export interface BroadcastResult {
  /** On its way; to a session without a connection as soon as it goes on, and to each at most once and in order with whatever else is sent to it. */
  readonly sent: number;
  /** The sum of those below. */
  readonly skipped: number;
  /** No room or credit, because the client does not keep up. With `onFull: "end"` these sessions were ended. */
  readonly full: number;
  /** The client's schema lacks the command, or the client would read its message differently. */
  readonly unsupported: number;
  /** More than a limit of the client's allows: `messageBytes`, `decodeElements` or `commandNames`. */
  readonly overLimit: number;
  /** Without a connection, and the command is volatile. */
  readonly detached: number;
  /** Ended or draining. */
  readonly ended: number;
}

/** The names of the commands that nobody answers. */
type OneWayMethod<Commands> = {
  [Method in keyof Commands]: Commands[Method] extends { readonly kind: "one_way" } ? Method : never;
}[keyof Commands];

/** A proxy that calls one-way commands of many sessions at once, each at once and without waiting for anybody. */
export type Broadcast<Proxy, Commands> = {
  readonly [Method in keyof Pick<Proxy, OneWayMethod<Commands> & keyof Proxy>]: Proxy[Method] extends (
    request: infer RequestInit,
    ...options: never
  ) => unknown
    ? (request: RequestInit, options?: BroadcastCallOptions) => BroadcastResult
    : never;
};

/** The sessions of a server. */
export interface LiveSessions<Data> {
  values(): Iterable<Session<Data>>;
  has(session: Peer<Data>): boolean;
  /** Undefined where there never are any. */
  readonly turns?: BroadcastTurns;
}

/** What tells the other processes of the server what goes to a group. */
export interface Spreader {
  /** False while they do not keep up with it. */
  readonly ready: boolean;
  spread(broadcast: GroupBroadcast): void;
}

/** A broadcast to a group, as one process tells it to the others. */
export interface GroupBroadcast {
  readonly group: string;
  readonly service: string;
  /** On the wire: `package.Service/Command`. */
  readonly command: string;
  readonly message: Uint8Array;
  readonly timeoutMs: number;
  readonly onFull: "skip" | "end";
}

type Fate = Exclude<keyof BroadcastResult, "skipped">;

/** Calls a one-way of every session of an audience; all other kinds of commands throw. */
class BroadcastCaller<Data> implements Caller {
  readonly #service: ServiceType;
  readonly #sessions: LiveSessions<Data>;
  readonly #audience: () => Iterable<Session<Data>>;
  /** The audience cannot be anything but sessions of this server. */
  readonly #known: boolean;
  readonly #onFull: "skip" | "end";
  readonly #spread: ((shared: SharedOneWay) => void) | undefined;

  constructor(
    service: ServiceType,
    sessions: LiveSessions<Data>,
    audience: Audience<Data>,
    onFull: "skip" | "end",
    spread: ((shared: SharedOneWay) => void) | undefined,
  ) {
    this.#service = service;
    this.#sessions = sessions;
    this.#known = typeof audience === "function";
    this.#audience =
      audience === everybody
        ? () => sessions.values()
        : typeof audience === "function"
          ? () => filtered(sessions.values(), audience)
          : () => audience;
    this.#onFull = onFull;
    this.#spread = spread;
  }

  oneWay<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "one_way">, request: QI, options: CallOptions = {}): never {
    checkOptions("broadcast", options, ["timeoutMs"]);
    checkCallOptions(options);
    const shared = new SharedOneWay(command as AnyCommand, request, options.timeoutMs ?? command.timeoutMs ?? 0);
    this.#spread?.(shared);
    const atOnce = this.#sessions.turns?.begin() === true;
    const counts = { sent: 0, skipped: 0, full: 0, unsupported: 0, overLimit: 0, detached: 0, ended: 0 };
    for (const session of this.#audience()) {
      const { state } = session;
      const fate = state === "ended" || state === "draining" ? "ended" : this.#deliver(this.#own(session), shared, atOnce);
      counts[fate]++;
      if (fate !== "sent") counts.skipped++;
      if (fate === "full" && this.#onFull === "end" && command.delivery !== "VOLATILE")
        this.#own(session).end("SLOW_PEER", `no room for a broadcast of ${command.name} (onFull)`);
    }
    return counts satisfies BroadcastResult as never;
  }

  unary(command: { readonly name: string }): never {
    throw answered(command);
  }

  serverStream(command: { readonly name: string }): never {
    throw answered(command);
  }

  clientStream(command: { readonly name: string }): never {
    throw answered(command);
  }

  bidiStream(command: { readonly name: string }): never {
    throw answered(command);
  }

  #own(session: Session<Data>): Peer<Data> {
    if (this.#known || (session instanceof Peer && this.#sessions.has(session))) return session as Peer<Data>;
    throw new TypeError("broadcast: an audience is sessions of this server");
  }

  #deliver(peer: Peer<Data>, shared: SharedOneWay, atOnce: boolean): Fate {
    const { command } = shared;
    const { outgoing } = peer;
    if (outgoing === undefined) return "ended";
    const leaves = outgoing.of(command.priority);
    const { frames } = leaves;
    const number = frames.number(command);
    if (number === 0) {
      peer.schemas.use(this.#service);
      if (!peer.schemas.supports(command)) return "unsupported";
    }
    if (!shared.fits(frames.limits) || (number === 0 && !frames.takesNames)) return "overLimit";
    const travelling = outgoing.travelling(command);
    if (command.delivery === "VOLATILE") return sendVolatile(peer.core, leaves, shared, number, travelling);
    return sendReliable(leaves, shared, number, travelling, atOnce);
  }
}

function sendReliable(
  { frames, sender, sentOneWays, outbox }: OutgoingClass,
  shared: SharedOneWay,
  number: number,
  travelling: TravellingCommand,
  atOnce: boolean,
): Fate {
  if (!sender.free) return "full";
  const { bytes, size } = shared.frame(number, travelling);
  frames.whole(shared.command, number, bytes, atOnce);
  sender.spend(size);
  sentOneWays.add(shared.command, outbox.numbered, outbox.accepted);
  return "sent";
}

function sendVolatile(
  core: { readonly detached: boolean },
  { frames, sender, volatile }: OutgoingClass,
  shared: SharedOneWay,
  number: number,
  travelling: TravellingCommand,
): Fate {
  const { command } = shared;
  if (!volatile.open) {
    volatile.dropped++;
    return core.detached ? "detached" : "full";
  }
  // A frame that may be lost introduces nothing.
  if (number === 0) sender.spendCredit(frames.introduce(travelling));
  const known = number === 0 ? frames.number(command) : number;
  frames.whole(command, known, shared.frame(known, travelling).bytes);
  sender.sent++;
  return "sent";
}

function answered({ name }: { readonly name: string }): TypeError {
  return new TypeError(`broadcast: ${name} is not one-way, and nobody collects the answers of many`);
}

/**
 * See `Server.broadcast`.
 *
 * @param spreader what reaches the members that groups have in other processes
 */
export function broadcastTo<Data, Proxy, Commands>(
  sessions: LiveSessions<Data>,
  service: ServiceType<Proxy, Commands>,
  audience: Audience<Data> = everybody,
  options: BroadcastOptions = {},
  spreader?: Spreader,
): Broadcast<Proxy, Commands> {
  checkOptions("broadcast", options, ["onFull"]);
  const { onFull = "skip" } = options;
  if (onFull !== "skip" && onFull !== "end") throw new TypeError(`broadcast: onFull is "skip" or "end", not ${JSON.stringify(onFull)}`);
  const { name, side, proxy } = service[serviceInfo];
  if (side === "SERVER") throw new TypeError(`broadcast: clients do not handle ${name} (its schema says side: SERVER)`);
  const group = spreader && groupName(audience);
  const spread = group === undefined ? undefined : (shared: SharedOneWay) => tellOthers(spreader!, group, name, onFull, shared);
  return new proxy(new BroadcastCaller(service, sessions, audience, onFull, spread)) as never;
}

function tellOthers(spreader: Spreader, group: string, service: string, onFull: "skip" | "end", shared: SharedOneWay): void {
  const { command, message, timeoutMs } = shared;
  if (!spreader.ready)
    throw new CommandError("RESOURCE_EXHAUSTED", `${command.name}: the other processes do not keep up with what goes to group ${group}`, {
      outcome: "NOT_RUN",
      command: command.name,
    });
  spreader.spread({ group, service, command: command.name, message, timeoutMs, onFull });
}

const everybody = (): boolean => true;

function* filtered<Data>(sessions: Iterable<Session<Data>>, accept: (session: Session<Data>) => boolean): Iterable<Session<Data>> {
  for (const session of sessions) if (accept(session)) yield session;
}
