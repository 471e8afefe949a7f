import type { CommandError } from "../errors/command-error.ts";
import { FrameType } from "../session/frame.ts";
import type { SessionCore } from "../session/session-core.ts";
import { idleText, sourceError } from "./call-errors.ts";
import type { OutgoingCall } from "./outgoing-call.ts";
import type { SessionStreams } from "./session-streams.ts";
import { StreamReader } from "./stream-reader.ts";
import type { StreamWriter } from "./stream-writer.ts";

/** Requests that travel as a stream. */
export type Requests = AsyncIterable<unknown> | Iterable<unknown>;

export interface OutgoingStreamsOptions {
  readonly core: SessionCore;
  readonly host: { readonly streams: SessionStreams };
}

/** Whose streams they are. */
export interface StreamsHost {
  /** Gives a call up and tells the peer. */
  cancel(call: OutgoingCall, error: CommandError): void;
  /** The same, for a caller that wants no answer any more, or has waited too long for one. */
  stop(call: OutgoingCall, code: "CANCELLED" | "DEADLINE_EXCEEDED", why: string): void;
}

/** The streams of the commands that this side calls: a reader for what the handler answers, a writer for what it is sent. */
export class OutgoingStreams {
  readonly #options: OutgoingStreamsOptions;
  readonly #host: StreamsHost;

  constructor(options: OutgoingStreamsOptions, host: StreamsHost) {
    this.#options = options;
    this.#host = host;
  }

  /** Gives a call that is not sent yet the ends that its kind has. */
  attach(call: OutgoingCall): void {
    const { kind, idleTimeoutMs = 0 } = call.command;
    if (kind === "server_stream" || kind === "bidi_stream") call.reader = this.#reader(call);
    if (kind === "client_stream" || kind === "bidi_stream") call.writer = this.#writer(call);
    if (idleTimeoutMs > 0)
      call.idle = this.#streams.idle(idleTimeoutMs, () => this.#host.stop(call, "DEADLINE_EXCEEDED", idleText(call.command)));
    if (call.reader !== undefined) call.reader.idle = call.idle;
    if (call.writer !== undefined) call.writer.idle = call.idle;
  }

  /** Sends the requests until they end, the call is over, or the source throws. */
  pump(call: OutgoingCall, writer: StreamWriter<unknown>, requests: Requests): void {
    const { core } = this.#options;
    writer.pump(requests).then(
      (whole) => {
        if (!whole || call.settled || core.ended) return;
        core.begin(FrameType.END, call.leaves.priority).uintNumber(call.id);
        core.end();
        // The reply has a deadline of its own.
        if (call.reader === undefined) call.idle?.stop();
      },
      (error: unknown) => this.#host.cancel(call, sourceError(call.command, error)),
    );
  }

  get #streams(): SessionStreams {
    return this.#options.host.streams;
  }

  #reader(call: OutgoingCall): StreamReader<unknown> {
    const { core } = this.#options;
    const window = this.#streams.window(true);
    return new StreamReader(window, {
      grant: () => core.owed.grant(call.id, window),
      abandoned: () => this.#host.stop(call, "CANCELLED", "its reader left"),
    });
  }

  #writer(call: OutgoingCall): StreamWriter<unknown> {
    const { outbox, frames } = call.leaves;
    return this.#streams.writer(outbox.priority, {
      get room() {
        return call.sent && outbox.streamRoom;
      },
      write: (item) => frames.item(call.id, call.command, item),
    });
  }
}
