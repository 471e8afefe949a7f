import { defaultDecodeElements } from "../bytes/reader.ts";
import { decode, encode } from "../schema/codec.ts";
import type { MessageType } from "../schema/message-type.ts";
import { type CommandType, serviceInfo, type ServiceType } from "../schema/service-type.ts";

/** How the messages of one command are converted for peers that have an earlier form of it. */
export interface Conversion<OldRequest, OldReply, Request, Reply> {
  /** Lifts a request, or an item of a stream of requests. What it leaves out has its default. */
  readonly request: (old: OldRequest) => Request;
  /** Lowers a reply, or an item of a stream of replies. One-ways have none. */
  readonly reply: (reply: Reply) => OldReply;
}

type ConversionOf<Old, Now> =
  Old extends CommandType<infer OldRequest, never, unknown, infer OldReply, infer Kind, boolean>
    ? Now extends CommandType<unknown, infer Request, infer Reply, never, Kind, boolean>
      ? Pick<Conversion<OldRequest, OldReply, Request, Reply>, Kind extends "one_way" ? "request" : "request" | "reply">
      : never
    : never;

/** Conversions by the commands' methods. A command that goes another way than it went cannot be converted. */
export type Conversions<Old, Now> = { readonly [Method in keyof Old & keyof Now]?: ConversionOf<Old[Method], Now[Method]> };

/** A command in an earlier form. */
export interface Adaptation {
  /** What travels. */
  readonly request: MessageType<unknown, unknown>;
  readonly reply: MessageType<unknown, unknown>;
  /** What a handler gets for what came. Throws what the application's conversion throws, and CommandError for what the schema cannot hold. */
  readonly lift: (old: unknown) => unknown;
  /** What is sent for what a handler gave. Throws as `lift`. */
  readonly lower: (reply: unknown) => unknown;
}

/** What `implement` takes, for peers of one earlier version of a service. */
export interface Adapter {
  readonly from: ServiceType;
  /** The present service, and its commands that are converted, by their names on the wire. */
  readonly to: ServiceType;
  readonly commands: ReadonlyMap<string, Adaptation>;
}

type AnyCommand = CommandType<unknown, unknown, unknown, unknown>;

/**
 * Lets peers with an earlier version of a service call commands that were changed incompatibly since: their requests are lifted to what handlers take now,
 * and replies lowered to what those peers read. `zgen generate --release 1.4.0` writes the code of an earlier version. Errors and their details stay as they are.
 * Throws TypeError for services of different names, and for commands that one of them does not have or that go another way.
 *
 * @param from the service as it was
 * @param to the service as it is
 */
export function adapt<Old, Now>(
  from: ServiceType<unknown, Old>,
  to: ServiceType<unknown, Now>,
  conversions: Conversions<Old, Now>,
): Adapter {
  const { name } = to[serviceInfo];
  if (from[serviceInfo].name !== name) throw new TypeError(`adapt: ${from[serviceInfo].name} is no earlier version of ${name}`);
  const entries = Object.entries(conversions as Readonly<Record<string, AnyConversion>>).map(([method, conversion]) => {
    const [old, now] = [from, to].map(({ commands }) => (commands as Readonly<Record<string, AnyCommand | undefined>>)[method]);
    if (old === undefined || now === undefined || old.name !== now.name)
      throw new TypeError(`adapt(${name}): the two versions have no command "${method}" in common`);
    if (old.kind !== now.kind) throw new TypeError(`adapt(${name}): the command "${method}" was ${old.kind} and is ${now.kind}`);
    return [now.name, adaptation(old, now, conversion)] as const;
  });
  return { from, to, commands: new Map(entries) };
}

type AnyConversion = Partial<Conversion<unknown, unknown, unknown, unknown>>;

function adaptation(old: AnyCommand, now: AnyCommand, { request, reply }: AnyConversion): Adaptation {
  const needed = old.kind === "one_way" ? { request } : { request, reply };
  const missing = Object.entries(needed).find(([, convert]) => typeof convert !== "function");
  if (missing !== undefined) throw new TypeError(`adapt: the conversion of ${now.name} has no function "${missing[0]}"`);
  return {
    request: old.request,
    reply: old.reply,
    lift: (came) => whole(now.request, request!(came)),
    lower: (given) => reply!(whole(now.reply, given)),
  };
}

/** A message with all its fields, as if it had been received: neither handlers nor conversions see what a sender may leave out. */
function whole(type: MessageType<unknown, unknown>, init: unknown): unknown {
  return decode(type, encode(type, init), { decodeElements: defaultDecodeElements });
}

/** The items of a stream, converted one at a time. */
export function mapItems(source: AsyncIterable<unknown> | Iterable<unknown>, convert: (item: unknown) => unknown): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<unknown> {
      const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
      const end = async (): Promise<IteratorResult<unknown>> => {
        await iterator.return?.();
        return { done: true, value: undefined };
      };
      return {
        // The source is asked before this returns: the body of a generator is a handler, and handlers start in order.
        async next() {
          const step = await iterator.next();
          if (step.done) return step;
          try {
            return { done: false, value: convert(step.value) };
          } catch (error) {
            await end();
            throw error;
          }
        },
        return: end,
      };
    },
  };
}
