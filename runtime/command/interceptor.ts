import { changedError } from "../errors/changed-error.ts";
import { CommandError } from "../errors/command-error.ts";
import type { CommandType } from "../schema/service-type.ts";
import type { Session } from "./session-type.ts";
import type { ContextValues } from "./values.ts";

/** One command on its way through interceptors, at either side. */
export interface Call {
  /** `caller`: the command leaves here. `handler`: it arrived here. */
  readonly side: "caller" | "handler";
  readonly command: CommandType;
  /** The request message; an iterable of them where the command takes a stream. */
  readonly request: unknown;
  readonly session: Session;
  /** Aborts when the command is cancelled, late or lost. */
  readonly signal: AbortSignal;
  /** What interceptors tell each other and, at the handler's side, the handler. */
  readonly values: ContextValues;
}

/**
 * The rest of the way: interceptors further in, then the wire (caller) or the handler. Of the call that it is given, the innermost takes
 * the request and, at the caller's side, the signal.
 */
export type Next = (call: Call) => Promise<unknown>;

/**
 * Wraps commands, the same type at both sides: code before `next(call)` runs on the way in, code after it on the way out. The result is the
 * reply message, an async iterable of them where the command answers with a stream, or undefined for one-ways (and, at the handler's
 * side, whatever the handler returned for a deferred reply). Throw a CommandError to refuse. A caller's interceptor may call `next` again
 * to retry; a handler runs at most once.
 */
export type Interceptor = (call: Call, next: Next) => Promise<unknown>;

/** One function out of many, the first outermost. */
export function compose(interceptors: readonly Interceptor[], innermost: Next): Next {
  return interceptors.reduceRight<Next>((next, interceptor) => (call) => interceptor(call, next), innermost);
}

/** Leads a call of this side through its interceptors. Rejects with CommandError: NOT_RUN when they never let it reach `send`. */
export async function interceptCall(interceptors: readonly Interceptor[], call: Call, send: Next): Promise<unknown> {
  let reached = false;
  const innermost: Next = async (inner) => {
    reached = true;
    return send(inner);
  };
  try {
    return await compose(interceptors, innermost)(call);
  } catch (error) {
    const command = call.command.name;
    const outcome = reached ? "MAY_HAVE_RUN" : "NOT_RUN";
    if (!CommandError.is(error))
      throw new CommandError("INTERNAL", `${command}: an interceptor failed: ${String(error)}`, { outcome, command, cause: error });
    if (reached) throw error;
    throw changedError(error, { outcome, command });
  }
}
