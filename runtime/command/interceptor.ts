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
  readonly values: ContextValues;
}

/** The rest of the way: interceptors further in, then the wire (caller) or the handler. */
export type Next = (call: Call) => Promise<unknown>;

/**
 * Wraps commands, the same type at both sides: code before `next(call)` runs on the way in, code after it on the way out. The result is the
 * reply message, an async iterable of them where the command answers with a stream, or undefined for one-ways (and, at the handler's
 * side, whatever the handler returned for a deferred reply). Throw a CommandError to refuse.
 */
export type Interceptor = (call: Call, next: Next) => Promise<unknown>;

/** One function out of many, the first outermost. */
export function compose(interceptors: readonly Interceptor[], innermost: Next): Next {
  return interceptors.reduceRight<Next>((next, interceptor) => (call) => interceptor(call, next), innermost);
}

/** A stream whose source is only known later, such as the result of an interceptor: begins when it is first read. */
export async function* laterStream<T>(source: () => Promise<AsyncIterable<T> | Iterable<T>>): AsyncGenerator<T, void, undefined> {
  yield* await source();
}
