import type { Client, IncomingBlob } from "../../runtime/public.ts";
import type { JsonValue } from "../../runtime/schema/json/value.ts";
import type { CommandType } from "../../runtime/schema/service-type.ts";
import type { AnyProxy, Code } from "./code.ts";

/** The files that a call sends and writes, by their paths; undefined where its command has no such blob. */
export interface BlobFiles {
  readonly source: string | undefined;
  readonly target: string | undefined;
}

export interface Invocation {
  readonly client: Client;
  readonly code: Code;
  readonly service: string;
  /** The command's method on the proxy. */
  readonly method: string;
  /** The request, or for a stream of them one after another. */
  readonly requests: AsyncIterable<JsonValue>;
  readonly blobs: BlobFiles;
  readonly signal: AbortSignal;
  readonly timeoutMs: number | undefined;
}

/** Calls a command, and yields each reply in JSON; nothing for a one-way, which has left when this ends. Throws CommandError. */
export async function* invoke({
  client,
  code,
  service,
  method,
  requests,
  blobs,
  signal,
  timeoutMs,
}: Invocation): AsyncGenerator<JsonValue> {
  const type = code.service(service);
  const { kind, request, reply } = type.commands[method] as CommandType;
  const read = (json: JsonValue): unknown => code.json.fromJson(code.message(request.name), json, { types: code.types });
  const show = (message: unknown): JsonValue => code.json.toJson(code.message(reply.name), message as never, { types: code.types });
  const streams = kind === "client_stream" || kind === "bidi_stream";
  const { fileSource, saveBlob } = await import("../../runtime/index.ts");
  const messages = async (): Promise<unknown> => (streams ? mapped(requests, read) : read(await only(requests)));
  const argument = blobs.source === undefined ? await messages() : await fileSource(blobs.source);
  const proxy: AnyProxy = client.use(type);
  const result = proxy[method]!(argument, { signal, timeoutMs });
  if (blobs.target !== undefined) await saveBlob((await result) as IncomingBlob, blobs.target, { maxBytes: Number.POSITIVE_INFINITY });
  else if (kind === "one_way") {
    await result;
    await client.flush();
  } else if (kind === "server_stream" || kind === "bidi_stream") {
    for await (const item of result as AsyncIterable<unknown>) yield show(item);
  } else yield show(await result);
}

async function* mapped<T>(values: AsyncIterable<JsonValue>, map: (value: JsonValue) => T): AsyncGenerator<T> {
  for await (const value of values) yield map(value);
}

async function only(values: AsyncIterable<JsonValue>): Promise<JsonValue> {
  for await (const value of values) return value;
  return {};
}
