import type { CommandError } from "../errors/command-error.ts";
import type { Caller, CallOptions } from "../schema/caller.ts";
import type { CommandType } from "../schema/service-type.ts";
import { withSignal } from "./call-options.ts";
import type { SessionCaller } from "./caller.ts";
import { type Call, type Interceptor, interceptCall } from "./interceptor.ts";
import { PendingStream } from "./pending-stream.ts";
import type { AnyCommand } from "./registry.ts";
import type { Session } from "./session-type.ts";
import { ContextValues } from "./values.ts";

/** A call on its way: what comes of it, and the means to give it up. */
interface Running<T> {
  readonly result: Promise<T>;
  readonly cancel: () => void;
  /** Lets go of the caller's own signal. */
  readonly release: () => void;
}

/** Leads calls through the interceptors of this side before they reach the session's own caller. */
export class InterceptedCaller implements Caller {
  readonly #inner: SessionCaller;
  readonly #session: Session;
  readonly #interceptors: readonly Interceptor[];

  constructor(inner: SessionCaller, session: Session, interceptors: readonly Interceptor[]) {
    this.#inner = inner;
    this.#session = session;
    this.#interceptors = interceptors;
  }

  unary<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary">, request: QI, options: CallOptions = {}): Promise<R> {
    return this.#settle<R>(command, request, options, (call) =>
      this.#inner.unary(command, call.request as QI, withSignal(options, call.signal)),
    );
  }

  oneWay<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "one_way">, request: QI, options: CallOptions = {}): Promise<void> {
    let reached = false;
    const sent = this.#settle<void>(command, request, options, (call) => {
      reached = true;
      return this.#inner.oneWay(command, call.request as QI, withSignal(options, call.signal));
    });
    // A one-way may be ignored, with or without interceptors; what reached the inner caller is counted there.
    sent.catch((error: CommandError) => {
      if (!reached) this.#inner.oneWayFailed(error);
    });
    return sent;
  }

  serverStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "server_stream">,
    request: QI,
    options: CallOptions = {},
  ): AsyncIterable<R> {
    return this.#stream<R>(command, request, options, (call) =>
      this.#inner.serverStream(command, call.request as QI, withSignal(options, call.signal)),
    );
  }

  clientStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "client_stream">,
    requests: AsyncIterable<QI> | Iterable<QI>,
    options: CallOptions = {},
  ): Promise<R> {
    return this.#settle<R>(command, requests, options, (call) =>
      this.#inner.clientStream(command, call.request as AsyncIterable<QI>, withSignal(options, call.signal)),
    );
  }

  bidiStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "bidi_stream">,
    requests: AsyncIterable<QI> | Iterable<QI>,
    options: CallOptions = {},
  ): AsyncIterable<R> {
    return this.#stream<R>(command, requests, options, (call) =>
      this.#inner.bidiStream(command, call.request as AsyncIterable<QI>, withSignal(options, call.signal)),
    );
  }

  #settle<T>(command: unknown, request: unknown, options: CallOptions, send: (call: Call) => Promise<T>): Promise<T> {
    const { result, release } = this.#run<T>(command, request, options, send);
    return result.finally(release);
  }

  #stream<T>(command: unknown, request: unknown, options: CallOptions, send: (call: Call) => AsyncIterable<T>): AsyncIterable<T> {
    const running = this.#run<AsyncIterable<T>>(command, request, options, async (call) => send(call));
    return new PendingStream<T>(running.result, running.cancel, running.release);
  }

  #run<T>(command: unknown, request: unknown, options: CallOptions, send: (call: Call) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const forward = (): void => controller.abort(options.signal?.reason);
    if (options.signal?.aborted) forward();
    else options.signal?.addEventListener("abort", forward, { once: true });
    const { signal } = controller;
    const call: Call = {
      side: "caller",
      command: command as AnyCommand,
      request,
      session: this.#session,
      signal,
      values: new ContextValues(),
    };
    const result = interceptCall(this.#interceptors, call, send) as Promise<T>;
    // Whatever an interceptor started for this call ends with it.
    result.catch((error: unknown) => controller.abort(error));
    return { result, cancel: () => controller.abort(), release: () => options.signal?.removeEventListener("abort", forward) };
  }
}
