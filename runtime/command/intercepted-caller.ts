import { CommandError } from "../errors/command-error.ts";
import type { Caller, CallOptions } from "../schema/caller.ts";
import type { CommandType } from "../schema/service-type.ts";
import { type Call, compose, type Interceptor, laterStream } from "./interceptor.ts";
import type { AnyCommand } from "./registry.ts";
import type { Session } from "./session-type.ts";
import { ContextValues } from "./values.ts";

type Send = (call: Call) => Promise<unknown>;

/** Leads calls through the interceptors of this side before they reach another caller. */
export class InterceptedCaller implements Caller {
  readonly #inner: Caller;
  readonly #session: Session;
  readonly #interceptors: readonly Interceptor[];

  constructor(inner: Caller, session: Session, interceptors: readonly Interceptor[]) {
    this.#inner = inner;
    this.#session = session;
    this.#interceptors = interceptors;
  }

  unary<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary">, request: QI, options: CallOptions = {}): Promise<R> {
    return this.#run(command, request, options, (call) =>
      this.#inner.unary(command, call.request as QI, { ...options, signal: call.signal }),
    ) as Promise<R>;
  }

  oneWay<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "one_way">, request: QI, options: CallOptions = {}): Promise<void> {
    const sent = this.#run(command, request, options, (call) =>
      this.#inner.oneWay(command, call.request as QI, { ...options, signal: call.signal }),
    );
    // A one-way may be ignored, with or without interceptors.
    sent.catch(() => {});
    return sent.then(() => {});
  }

  serverStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "server_stream">,
    request: QI,
    options: CallOptions = {},
  ): AsyncIterable<R> {
    return laterStream(
      () =>
        this.#run(command, request, options, async (call) =>
          this.#inner.serverStream(command, call.request as QI, { ...options, signal: call.signal }),
        ) as Promise<AsyncIterable<R>>,
    );
  }

  clientStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "client_stream">,
    requests: AsyncIterable<QI> | Iterable<QI>,
    options: CallOptions = {},
  ): Promise<R> {
    return this.#run(command, requests, options, (call) =>
      this.#inner.clientStream(command, call.request as AsyncIterable<QI>, { ...options, signal: call.signal }),
    ) as Promise<R>;
  }

  bidiStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "bidi_stream">,
    requests: AsyncIterable<QI> | Iterable<QI>,
    options: CallOptions = {},
  ): AsyncIterable<R> {
    return laterStream(
      () =>
        this.#run(command, requests, options, async (call) =>
          this.#inner.bidiStream(command, call.request as AsyncIterable<QI>, { ...options, signal: call.signal }),
        ) as Promise<AsyncIterable<R>>,
    );
  }

  async #run(command: unknown, request: unknown, options: CallOptions, send: Send): Promise<unknown> {
    const controller = new AbortController();
    const forward = (): void => controller.abort(options.signal?.reason);
    if (options.signal?.aborted) forward();
    else options.signal?.addEventListener("abort", forward, { once: true });
    const call: Call = {
      side: "caller",
      command: command as AnyCommand,
      request,
      session: this.#session,
      signal: controller.signal,
      values: new ContextValues(),
    };
    try {
      return await compose(this.#interceptors, send)(call);
    } catch (error) {
      // Whatever an interceptor started for this call ends with it.
      controller.abort(error);
      throw CommandError.is(error) ? error : new CommandError("INTERNAL", `an interceptor failed: ${String(error)}`, { cause: error });
    } finally {
      options.signal?.removeEventListener("abort", forward);
    }
  }
}
