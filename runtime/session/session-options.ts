import type { Schemas, SchemasInit } from "../../generated/zserver/protocol/v1/negotiation.ts";
import type { ClientHello, Resume, Resumed, Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { Timers } from "../time/timers.ts";
import type { FrameType } from "./frame.ts";
import type { Limits } from "./limits.ts";
import type { Look } from "./liveness.ts";
import type { Opening, OpeningHost } from "./opening.ts";
import type { RecordSink } from "./outbox.ts";
import type { PartialFrame } from "./partial-frame.ts";
import type { Priority } from "./priority.ts";
import type { SessionEnd } from "./session-end.ts";

/** The connection below a session. */
export interface SessionLink extends RecordSink {
  /** False while the transport holds as much as it likes; `SessionCore.drained` is called when that ends. */
  readonly writable: boolean;
  /** Bytes that came of a record whose rest has not. */
  readonly waitingBytes: number;
  /** What is sent from here on is the last: {@link close} follows at once. */
  ending?(): void;
  /** Ends the connection once all that was sent has left. */
  close(): void;
}

/** The floor above a session: what commands are made of. */
export interface SessionHandler {
  /** Server: the client said hello; `SessionCore.welcome` or `SessionCore.close` is the answer, now or later. Client: the server's welcome came. */
  opened(hello: ClientHello | Welcome): void;
  /** Server: the client wants another session to go on over this connection. `SessionCore.giveWay` or `SessionCore.close` is the answer, now or later. */
  resume(request: Resume): void;
  /** Server: the client has described what `Opening.describe` asked for. `SessionCore.welcome` or `SessionCore.close` is the answer. Throws ProtocolError. */
  described(descriptions: Schemas): void;
  /** Client: the server asks for the descriptions of these services, fingerprint behind fingerprint. Throws ProtocolError. */
  describe(services: Uint8Array): SchemasInit;
  /** The connection is gone; the session waits for another one. */
  detached(reason: EndReason, message: string): void;
  /** Without a connection, more was sent and is kept. */
  kept(): void;
  /** The session goes on over another connection: open windows are to be granted anew. Client: `answer` is what the server said. */
  resumed(answer: Resumed | undefined): void;
  /** Server: the client has heard that its session goes on, and so holds the newest resume secret. */
  confirmed(): void;
  /**
   * A frame that the peer did not accept, on its way to it again. Calls `write` with the type under which it goes and with what writes its body.
   */
  replay(frame: ReplayedFrame, write: WriteFrame): void;
  /** A command frame. The reader stands at its body and is valid until this returns. Throws ProtocolError for what the protocol forbids. */
  frame(type: FrameType, body: Reader, size: number, priority: Priority): void;
  /** What holds a frame of this class whose end has not come. */
  partial(priority: Priority): PartialFrame;
  /** The peer allows more: credit for commands of a class (id 0) or of one stream. */
  credit(id: number, items: number, bytes: number, priority: Priority): void;
  /** There is room in an outbox after there was none. */
  room(): void;
  /** Whether anything is awaited besides acknowledgements: a reply, or credit. */
  readonly waiting: boolean;
  /** A bug of this library came to light while a frame was handled; the session ends. */
  internalError(error: unknown): void;
  /** The end, exactly once; nothing is called after it. */
  ended(end: SessionEnd): void;
}

/** A frame as it was sent, on its way to a peer that has not accepted it. */
export interface ReplayedFrame {
  readonly type: FrameType;
  readonly priority: Priority;
  /** Counts the frames of its class. */
  readonly number: number;
  /** Stands at the body. */
  readonly body: Reader;
  /** How long ago it left. */
  readonly ageMs: number;
}

/** Whoever flushes at the end of the turn. */
export interface Turns {
  schedule(): void;
}

/** Writes one whole frame. */
export type WriteFrame = (type: FrameType, body: (writer: Writer) => void) => void;

/** What a client shows to have its session go on. */
export interface ResumeRequest {
  /** Its id, 16 bytes. */
  readonly session: Uint8Array;
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** Higher than that of every attempt before. */
  readonly attempt: number;
  /** Of the list of entrances that this connection's is in; 0: none. */
  readonly entrancesVersion: bigint;
  readonly credentials: Uint8Array;
}

/** What sessions have in common: one object for all of a server's. */
export interface SessionOptions {
  readonly role: "client" | "server";
  /** How a session of this role begins. Passed in, so that a page carries nothing of a server's. */
  readonly opening: (host: OpeningHost) => Opening;
  readonly limits: Limits;
  readonly timers: Timers;
  /** Runs a function after the current turn of the event loop. */
  readonly endOfTurn: (run: () => void) => void;
  /** Sooner, once the present callback of the event loop is done; undefined where there is no such moment. */
  readonly endOfCallback?: ((run: () => void) => void) | undefined;
  /** Has silent peers looked at, a few in each turn of the event loop. Undefined where sessions are few: each looks at the end of the turn. */
  readonly probes?: ((look: Look) => void) | undefined;
  /** How long this side keeps the session without a connection, in milliseconds; 0: not at all. */
  readonly retentionMs: number;
  /** How long the peer may take to introduce itself. */
  readonly handshakeTimeoutMs: number;
  readonly livenessTimeoutMs: number;
  readonly keepAliveMs: number;
  /** How long the peer may accept nothing while the outbox is full; Infinity for ever. */
  readonly slowPeerTimeoutMs: number;
  readonly agent: string;
  /** Server: which of its processes this is, of at most 16 bytes. Default: it has only one. */
  readonly route?: Uint8Array | undefined;
}

/** What a client says in its hello that is not the library's own. */
export interface HelloOptions {
  /** Its static key was made for this connection only. */
  readonly anonymous: boolean;
  readonly credentials: Uint8Array;
  /** Of the list of entrances that it has; 0: none. */
  readonly entrancesVersion: bigint;
  /** The root fingerprints of its schemas, one behind the other. */
  readonly roots: Uint8Array;
  /** The fingerprints of services that it names, one behind the other. */
  readonly services: Uint8Array;
}
