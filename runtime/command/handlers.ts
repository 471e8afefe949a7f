import type { BlobForm, CommandType, ServiceType } from "../schema/service-type.ts";
import { serviceInfo } from "../schema/service-type.ts";
import { checkOptions } from "../errors/options.ts";
import type { Adapter } from "./adapter.ts";
import type { Context, DeferredContext, DeferredReply } from "./context.ts";
import type { MakeHandlerSide } from "./handler-side.ts";
import { HandlingSide } from "./handling-side.ts";

const handlerSide: MakeHandlerSide = (options) => new HandlingSide(options);

/** The function that handles a command of this type. */
export type Handler<Command, Data = unknown> = Command extends { readonly blob: BlobForm<infer Argument, infer Result> }
  ? (argument: Argument, context: Context<Data>) => Result
  : MessageHandler<Command, Data>;

type MessageHandler<Command, Data> =
  Command extends CommandType<infer Request, never, unknown, infer ReplyInit, infer Kind, infer Deferred>
    ? Kind extends "unary"
      ? Deferred extends true
        ? (
            request: Request,
            context: DeferredContext<Data, ReplyInit>,
          ) => ReplyInit | DeferredReply<ReplyInit> | Promise<ReplyInit | DeferredReply<ReplyInit>>
        : (request: Request, context: Context<Data>) => ReplyInit | Promise<ReplyInit>
      : Kind extends "one_way"
        ? (request: Request, context: Context<Data>) => void | Promise<void>
        : Kind extends "server_stream"
          ? (request: Request, context: Context<Data>) => AsyncIterable<ReplyInit> | Iterable<ReplyInit>
          : Kind extends "client_stream"
            ? (requests: AsyncIterable<Request>, context: Context<Data>) => ReplyInit | Promise<ReplyInit>
            : (requests: AsyncIterable<Request>, context: Context<Data>) => AsyncIterable<ReplyInit> | Iterable<ReplyInit>
    : never;

/** One handler for each command of a service. */
export type Handlers<Commands, Data = unknown> = { [Method in keyof Commands]: Handler<Commands[Method], Data> };

/** A service with its handlers, for `serve({ handlers })` and `connect({ handlers })`. */
export interface Implementation<Data = unknown> {
  readonly service: ServiceType;
  readonly handlers: Readonly<Record<string, (request: never, context: never) => unknown>>;
  /** For peers with earlier versions of the service. */
  readonly adapters: readonly Adapter[];
  /** What runs them. It comes with `implement`. */
  readonly handlerSide: MakeHandlerSide;
  /** Never set: it lets the type of `session.data` flow from `serve<Data>` into the handlers. */
  readonly dataType?: (data: Data) => void;
}

/** What `implement` takes besides the handlers. */
export interface ImplementOptions {
  /**
   * For clients whose version of a command the present one does not fit, each made with `adapt`; the first that fits is taken. Only servers have them.
   * Default: those commands fail at such clients with SCHEMA_MISMATCH.
   */
  readonly adapters?: readonly Adapter[] | undefined;
}

/**
 * Binds handlers to a service. `handlers` may be a class instance: methods are called on it.
 * Throws TypeError when a command has no handler, for an adapter of another service, and for unknown options.
 */
export function implement<Proxy, Commands, Data = unknown>(
  service: ServiceType<Proxy, Commands>,
  handlers: Handlers<Commands, Data>,
  options: ImplementOptions = {},
): Implementation<Data> {
  checkOptions("implement", options, ["adapters"]);
  const { adapters = [] } = options;
  const { name } = service[serviceInfo];
  const foreign = adapters.find(({ to }) => to[serviceInfo].name !== name);
  if (foreign !== undefined) throw new TypeError(`implement(${name}): an adapter is of ${foreign.to[serviceInfo].name}`);
  for (const method of Object.keys(service.commands as object)) {
    if (typeof (handlers as Record<string, unknown>)[method] !== "function")
      throw new TypeError(`implement(${name}): the command "${method}" has no handler`);
  }
  return { service, handlers: handlers as Implementation["handlers"], adapters, handlerSide };
}
