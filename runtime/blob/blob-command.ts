import type { Blob as BlobPart } from "../../generated/zserver/blob.ts";
import type { Caller } from "../schema/caller.ts";
import type { BlobForm, CommandKind, CommandType, Lane } from "../schema/service-type.ts";
import { BlobAnswer } from "./blob-answer.ts";
import { IncomingBlob } from "./incoming-blob.ts";
import type { BlobCallOptions } from "./options.ts";
import { OutgoingBlob } from "./outgoing-blob.ts";
import type { BlobSource } from "./source.ts";

/** A command whose request or reply is a blob, as it is called and as it is handled. */
export interface BlobCommandType<Argument, Result, HandlerArgument, HandlerResult, Kind extends CommandKind>
  extends CommandType<unknown, unknown, unknown, unknown, Kind, false> {
  readonly blob: BlobForm<HandlerArgument, HandlerResult>;
  /** Never set: it lets the types of a call flow. */
  readonly callType?: ((argument: Argument) => Result) | undefined;
}

type Handle = (argument: unknown, context: unknown) => unknown;
type Stream = AsyncIterable<unknown> | Iterable<unknown>;

/** The form of commands that take a blob. */
export const takesBlob: BlobForm<never> = { takes: true, gives: false, handler };
/** The form of commands that return a blob. */
export const givesBlob: BlobForm<never> = { takes: false, gives: true, handler };
/** The form of commands that do both. */
export const takesAndGivesBlob: BlobForm<never> = { takes: true, gives: true, handler };

/** Calls a command that takes or returns a blob: what generated proxies do. Throws TypeError for a source that is none. */
export function callBlob<Argument, Result, Kind extends CommandKind>(
  caller: Caller,
  command: BlobCommandType<Argument, Result, unknown, unknown, Kind>,
  argument: Argument,
  options: BlobCallOptions = {},
): Result {
  const { onSent, onReceived, ...callOptions } = options;
  const { takes, gives } = command.blob;
  const request = takes
    ? new OutgoingBlob(argument as BlobSource, { tellsFailure: true, maxBytes: command.maxBlobBytes, onProgress: onSent })
    : argument;
  const result = call(caller, command as unknown as AnyCommand, request, callOptions);
  return (
    gives ? IncomingBlob.open(result as AsyncIterable<BlobPart>, { maxBytes: command.maxBlobBytes, onProgress: onReceived }) : result
  ) as Result;
}

type AnyCommand = CommandType<unknown, unknown, unknown, unknown, never>;

function call(caller: Caller, command: AnyCommand, request: unknown, options: BlobCallOptions): unknown {
  const kind: CommandKind = command.kind;
  if (kind === "server_stream") return caller.serverStream(command, request, options);
  if (kind === "client_stream") return caller.clientStream(command, request as Stream, options);
  return caller.bidiStream(command, request as Stream, options);
}

/** See {@link BlobForm.handler}. */
function handler(
  this: BlobForm,
  command: CommandType,
  handle: (argument: never, context: never) => unknown,
): (argument: unknown, context: unknown, lane: Lane) => unknown {
  const { takes, gives } = this;
  const { maxBlobBytes: maxBytes } = command;
  const outgoing = (result: unknown): unknown =>
    gives ? new OutgoingBlob(result as BlobSource, { tellsFailure: false, maxBytes }) : result;
  if (!takes) {
    return (request, context) => {
      const result = (handle as Handle)(request, context);
      return result instanceof Promise ? result.then(outgoing) : outgoing(result);
    };
  }
  return async (parts, context, lane) => {
    const blob = await IncomingBlob.open(parts as AsyncIterable<BlobPart>, { maxBytes, onComplete: () => lane.open() });
    try {
      const handling = (handle as Handle)(blob, context);
      // Not before: whoever waited starts at once.
      if (!command.inLane) lane.open();
      const result = outgoing(await handling);
      if (command.kind === "bidi_stream") return new BlobAnswer(result as Stream, blob);
      blob.check();
      await blob.close();
      return result;
    } catch (error) {
      await blob.close();
      throw error;
    }
  };
}
