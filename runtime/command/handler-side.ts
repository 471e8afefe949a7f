import type { Reader } from "../bytes/reader.ts";
import type { CommandError } from "../errors/command-error.ts";
import type { CommandType, Side } from "../schema/service-type.ts";
import type { FrameType } from "../session/frame.ts";
import type { Limits, PeerLimits } from "../session/limits.ts";
import type { Priority } from "../session/priority.ts";
import type { SessionCore } from "../session/session-core.ts";
import type { Timers } from "../time/timers.ts";
import type { Implementation } from "./handlers.ts";
import type { Interceptor } from "./interceptor.ts";
import type { Load } from "./load.ts";
import type { SizedCommand } from "./oversize.ts";
import type { SessionSchemas } from "./schema/session-schemas.ts";
import type { SessionStreams } from "./session-streams.ts";
import type { Session } from "./session-type.ts";
import type { Compression } from "./travelling.ts";

export interface HandlerSideOptions {
  readonly side: Exclude<Side, "BOTH">;
  readonly implementations: readonly Implementation<never>[];
  readonly interceptors: readonly Interceptor[];
  /** HMAC-SHA256. */
  readonly mac: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  /** Makes a key of 32 random bytes. */
  readonly key: () => Uint8Array;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
}

/** What one call of `serve` or `connect` does for the commands that come to it, in all its sessions. */
export interface HandlerSide {
  receiver(options: ReceiverOptions): CommandReceiver;
  /** Gives a reply that a handler parked. */
  reply(command: CommandType, token: string, reply: unknown): Promise<void>;
  fail(command: CommandType, token: string, error: CommandError): Promise<void>;
}

/** Throws TypeError for implementations that do not fit. */
export type MakeHandlerSide = (options: HandlerSideOptions) => HandlerSide;

export interface ReceiverOptions {
  readonly core: SessionCore;
  readonly session: Session;
  readonly schemas: SessionSchemas;
  /** A client's command ids are odd, a server's even. */
  readonly role: "client" | "server";
  readonly limits: Limits;
  readonly peerLimits: PeerLimits;
  /** Undefined: nothing is taken compressed. */
  readonly compression?: Compression | undefined;
  readonly timers: Timers;
  readonly wallNow: () => number;
  /** Logs what the peer is not told, and returns the id under which it is found. */
  readonly incident: (what: string, error: unknown) => string;
  /** Default: new work is always taken. */
  readonly load?: Load | undefined;
  readonly host: {
    readonly streams: SessionStreams;
    /** Something came to an end; somebody may wait for that. */
    idle(): void;
  };
}

/** Takes the commands of one session's peer. Methods throw ProtocolError for what the protocol forbids. */
export interface CommandReceiver {
  /** Answered commands that arrive from now on are refused. */
  draining: boolean;
  /** Handlers that were started. */
  readonly handled: number;
  /** Commands that wait, run or are parked. */
  readonly pending: number;
  readonly oneWaysRefused: number;
  readonly volatileRefused: number;
  request(body: Reader, size: number, priority: Priority): void;
  send(body: Reader, size: number, priority: Priority): void;
  volatile(body: Reader, size: number, priority: Priority): void;
  /** A VOID frame: what stood here was given up before it was accepted. */
  skip(body: Reader, priority: Priority): void;
  /** Which command the beginning of a message belongs to, whose type is none of an answer. The reader is left where the message begins. */
  commandOf(type: FrameType, body: Reader, priority: Priority): SizedCommand | undefined;
  /** What comes behind it in this class waits until the other classes have come to theirs. */
  barrier(body: Reader, priority: Priority): void;
  item(id: number, body: Reader, size: number, priority: Priority): void;
  endOfItems(id: number, priority: Priority): void;
  cancel(id: number, priority: Priority): void;
  credit(id: number, items: number, bytes: number): void;
  /** Starts nothing until the returned function is called. */
  hold(): () => void;
  /** There may be room for answers again. */
  retry(): void;
  /** Tells every open window again: the session goes on over another connection. */
  restate(): void;
  /** The session is lost: everything under way is stopped, nothing more is sent. */
  lost(why: () => CommandError): void;
}
