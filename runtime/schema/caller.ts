import type { CommandType } from "./service-type.ts";

/** What a caller may say about one call. */
export interface CallOptions {
  /** Cancels the call; the handler's signal fires too. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call fails with DEADLINE_EXCEEDED, 0 for no deadline; overrides the schema's `timeout_ms`. */
  readonly timeoutMs?: number | undefined;
}

/** What generated proxies call: one method for each kind of command. Sessions and batches implement it. */
export interface Caller {
  unary<Request, RequestInit, Reply, ReplyInit>(
    command: CommandType<Request, RequestInit, Reply, ReplyInit, "unary">,
    request: RequestInit,
    options?: CallOptions,
  ): Promise<Reply>;
  oneWay<Request, RequestInit, Reply, ReplyInit>(
    command: CommandType<Request, RequestInit, Reply, ReplyInit, "one_way">,
    request: RequestInit,
    options?: CallOptions,
  ): Promise<void>;
  serverStream<Request, RequestInit, Reply, ReplyInit>(
    command: CommandType<Request, RequestInit, Reply, ReplyInit, "server_stream">,
    request: RequestInit,
    options?: CallOptions,
  ): AsyncIterable<Reply>;
  clientStream<Request, RequestInit, Reply, ReplyInit>(
    command: CommandType<Request, RequestInit, Reply, ReplyInit, "client_stream">,
    requests: AsyncIterable<RequestInit> | Iterable<RequestInit>,
    options?: CallOptions,
  ): Promise<Reply>;
  bidiStream<Request, RequestInit, Reply, ReplyInit>(
    command: CommandType<Request, RequestInit, Reply, ReplyInit, "bidi_stream">,
    requests: AsyncIterable<RequestInit> | Iterable<RequestInit>,
    options?: CallOptions,
  ): AsyncIterable<Reply>;
}
