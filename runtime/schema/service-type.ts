import type { Caller } from "./caller.ts";
import type { MessageType } from "./message-type.ts";

/**
 * How a command's messages travel. `unary`: one request, one reply. `one_way`: one request and never a reply.
 * The streams are gRPC's: many replies, many requests, or many of both.
 */
export type CommandKind = "unary" | "one_way" | "server_stream" | "client_stream" | "bidi_stream";

/** What becomes of a one-way command when its connection is lost or its session is full. */
export type Delivery = "RELIABLE" | "VOLATILE";

/** What travels first when not everything can leave at once. Commands keep their order within their class. */
export type CommandPriority = "HIGH" | "NORMAL" | "BULK";

/** How messages are made smaller on their way: RFC 1950, RFC 7932. */
export type CompressionForm = "DEFLATE" | "BROTLI";

/** Members of the same names as `T`'s: an interface that extends this and says what they are has the comments of `T`'s, as far as editors are concerned. */
export type Documented<T> = { readonly [Name in keyof T]: unknown };

/** What a handler of a command with blobs may tell the session while it runs. */
export interface Lane {
  /** Later commands of the class may start, though this one has not ended. */
  open(): void;
}

/**
 * What a command does with blobs, each of which travels as a stream of its parts. `zserver/blob` makes them, so that programs without blobs carry none of it.
 *
 * @typeParam Argument what its handler is given
 * @typeParam Result what its handler returns
 */
export interface BlobForm<Argument = unknown, Result = unknown> {
  /** Its request is a blob. Later commands of its class wait at least for the blob's head, so that handlers start in order. */
  readonly takes: boolean;
  /** Its reply is a blob. */
  readonly gives: boolean;
  /** What handles the streams, by a handler of blobs. */
  handler(
    command: CommandType,
    handle: (argument: Argument, context: never) => Result,
  ): (argument: unknown, context: unknown, lane: Lane) => unknown;
}

/** The descriptor of a command, found under `Service.commands`. */
export interface CommandType<
  Request = unknown,
  RequestInit = never,
  Reply = unknown,
  ReplyInit = never,
  Kind extends CommandKind = CommandKind,
  Deferred extends boolean = boolean,
> {
  /** The name on the wire: `package.Service/Command`, as declared. */
  readonly name: string;
  /** The key under `Service.commands`, which is also the method's name on proxies and handlers. */
  readonly method: string;
  readonly kind: Kind;
  readonly request: MessageType<Request, RequestInit>;
  readonly reply: MessageType<Reply, ReplyInit>;
  /** Milliseconds; the session's default where the schema states none. */
  readonly timeoutMs?: number | undefined;
  /** How long nothing may pass on a stream, in milliseconds; as long as it likes where the schema states none. */
  readonly idleTimeoutMs?: number | undefined;
  /** The most bytes that its request, its reply and each item of its streams may take; as many as the session takes where the schema states none. */
  readonly maxBytes?: number | undefined;
  /** The reply may be given later, by token. */
  readonly deferred?: Deferred | undefined;
  /** The next command of the session starts only when this one has ended. */
  readonly ordered?: boolean | undefined;
  /** Of a one-way: VOLATILE ones are sent once or not at all, and never wait. Default: RELIABLE. */
  readonly delivery?: Delivery | undefined;
  /** Runs also while its side is overloaded. */
  readonly critical?: boolean | undefined;
  /** The class in which it travels, and whatever answers it. Default: NORMAL. */
  readonly priority?: CommandPriority | undefined;
  /** The form in which its messages travel where both sides have it and it makes them smaller. */
  readonly compression?: CompressionForm | undefined;
  /** Its request or its reply is a blob. */
  readonly blob?: BlobForm | undefined;
  /** The most bytes of that blob, where its schema says so. */
  readonly maxBlobBytes?: number | undefined;
  /** Later commands of its class wait until the blob that it takes has come whole. */
  readonly inLane?: boolean | undefined;
  /** The schema says so of it, of its service or of its file. It works all the same. */
  readonly deprecated?: boolean | undefined;
  /** Messages that this command may attach to its errors. */
  readonly errors?: readonly MessageType[] | undefined;
}

/** Which side of a session implements a service. */
export type Side = "SERVER" | "CLIENT" | "BOTH";

/** The state of a schema that a project's generated code was made from; the same object in all of its services. */
export interface SchemaRelease {
  /** The root fingerprint in hex, 32 digits: of all services of the schema. */
  readonly root: string;
  /** The semantic version of the release that this is; empty when it is none. */
  readonly version: string;
}

/** What peers are told of a service. */
export interface ServiceSchema {
  /** In hex, 16 digits. */
  readonly fingerprint: string;
  /** An encoded `zserver.protocol.v1.ServiceDescription` in base64: decoded only when a peer's is another. */
  readonly description: string;
  readonly release: SchemaRelease;
}

/** What the runtime knows of a service besides its commands. Kept under a symbol, so that no command's name can collide with it. */
export interface ServiceInfo<Proxy> {
  /** The fully qualified name, for example `example.lobby.v1.Lobby`. */
  readonly name: string;
  readonly side: Side;
  /** The generated class whose methods call the commands. */
  readonly proxy: new (
    caller: Caller,
  ) => Proxy;
  readonly schema: ServiceSchema;
}

/** The key of {@link ServiceInfo} on a service. Registered globally, so that two copies of the package understand each other's services. */
export const serviceInfo: unique symbol = Symbol.for("zserver.service") as never;

/** A service: nothing but its commands. */
export interface ServiceType<Proxy = unknown, Commands = unknown> {
  readonly commands: Commands;
  readonly [serviceInfo]: ServiceInfo<Proxy>;
}

/** Makes a service. Generated code calls this where it could write the object, because bundlers keep every object with a computed key, used or not. */
export function makeService<Proxy, Commands>(commands: Commands, info: ServiceInfo<Proxy>): ServiceType<Proxy, Commands> {
  return { commands, [serviceInfo]: info };
}
