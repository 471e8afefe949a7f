import type { MessageType } from "../schema/message-type.ts";
import type { Code } from "./code.ts";

/** Whether the handler of a failed command may have run. `NOT_RUN` is a promise: trying again cannot run it twice. */
export type Outcome = "NOT_RUN" | "MAY_HAVE_RUN";

/** A typed detail as it travels: the name of a message and its encoding. Made by `errorDetail` and `receivedDetail`. */
export interface ErrorDetail {
  readonly type: string;
  readonly value: Uint8Array;
  /** Decodes the value. A detail knows how, so that this file stands below the codecs, which throw CommandErrors. */
  decode<T>(type: MessageType<T, never>): T;
}

/** What a {@link CommandError} says besides its code and message. */
export interface CommandErrorOptions {
  /** Default: MAY_HAVE_RUN, the answer that promises nothing. */
  readonly outcome?: Outcome | undefined;
  /** Made with {@link errorDetail}; only messages that the command declares under `errors` travel. */
  readonly details?: readonly ErrorDetail[] | undefined;
  /** The failing command's name, `package.Service/Command`. */
  readonly command?: string | undefined;
  /** Under which id the failing side logged what it does not tell. */
  readonly incident?: string | undefined;
  /** Milliseconds after which trying again is welcome. */
  readonly retryAfterMs?: number | undefined;
  /** Stays in this process: it is never sent. */
  readonly cause?: unknown;
}

/** Marks instances across copies of the package, where `instanceof` fails. */
const brand: unique symbol = Symbol.for("zserver.CommandError") as never;

/** How a command fails, on both sides: thrown by handlers, rejected to callers. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code: Code;
  readonly outcome: Outcome;
  readonly details: readonly ErrorDetail[];
  readonly command: string | undefined;
  readonly incident: string | undefined;
  /** Milliseconds after which trying again is welcome; undefined when that is not said. */
  readonly retryAfterMs: number | undefined;

  constructor(code: Code, message: string, options: CommandErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.outcome = options.outcome ?? "MAY_HAVE_RUN";
    this.details = options.details ?? [];
    this.command = options.command;
    this.incident = options.incident;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether `value` is a CommandError, of this copy of the package or another. */
  static is(value: unknown): value is CommandError {
    return typeof value === "object" && value !== null && brand in value;
  }

  /** The first detail of this type, decoded; undefined when the error carries none. Throws CommandError INVALID_ARGUMENT when it is malformed. */
  detail<T>(type: MessageType<T, never>): T | undefined {
    const found = this.details.find((detail) => detail.type === type.name);
    return found?.decode(type);
  }
}

// Not within the class: a bundler renames a class that names itself, and every error would be printed under that name.
Object.defineProperty(CommandError.prototype, brand, { value: true });
