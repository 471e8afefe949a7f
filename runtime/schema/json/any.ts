import type { Any, AnyInit } from "../../../generated/google/protobuf/any.ts";
import { encode } from "../codec.ts";
import { emptyBytes } from "../empty.ts";
import type { JsonReader } from "./json-reader.ts";
import type { JsonType } from "./json-type.ts";
import type { JsonWriter } from "./json-writer.ts";
import type { JsonPath } from "./json-path.ts";
import type { TypeRegistry } from "./type-registry.ts";
import { asObject, type JsonKey, type JsonObject, type JsonValue } from "./value.ts";

/**
 * The message's own JSON with its type's URL under `@type`; what has a form of its own stands under `value`. The type is looked up in the
 * conversion's `types`. Source: google/protobuf/any.proto.
 */
export function writeAnyJson({ typeUrl = "", value = emptyBytes }: AnyInit, key: JsonKey, writer: JsonWriter): JsonValue {
  if (typeUrl === "" && value.length === 0) return {};
  const type = typeOf(typeUrl, key, writer.types, writer);
  const message = writer.decode(type.type, value, key) as never;
  if (!type.special) return { "@type": typeUrl, ...(type.write(message, key, writer) as JsonObject) };
  writer.descend(key);
  const json = { "@type": typeUrl, value: type.write(message, "value", writer) };
  writer.ascend();
  return json;
}

export function readAnyJson(json: JsonValue, key: JsonKey, reader: JsonReader): Any {
  const object = asObject(json) ?? reader.fail(key, json, "an object");
  if (Object.keys(object).length === 0) return { typeUrl: "", value: emptyBytes };
  const { "@type": typeUrl, ...rest } = object;
  if (typeof typeUrl !== "string") return reader.fail(key, typeUrl, 'the URL of a type, which belongs under "@type"');
  const type = typeOf(typeUrl, key, reader.types, reader);
  const message = type.special ? readSpecial(type, rest, key, reader) : type.read(rest, key, reader);
  return { typeUrl, value: encode(type.type, message as never) };
}

function readSpecial(type: JsonType<unknown, never>, rest: JsonObject, key: JsonKey, reader: JsonReader): unknown {
  reader.open(rest, key);
  for (const name of Object.keys(rest)) if (name !== "value") reader.unknown(name);
  if (!Object.hasOwn(rest, "value")) reader.missing("value");
  const message = type.read(rest.value!, "value", reader);
  reader.ascend();
  return message;
}

/** The last part of the URL is the name. */
function typeOf(typeUrl: string, key: JsonKey, types: TypeRegistry | undefined, path: JsonPath): JsonType<unknown, never> {
  const slash = typeUrl.lastIndexOf("/");
  if (slash < 0 || slash === typeUrl.length - 1)
    return path.fail(key, typeUrl, "the URL of a type, such as type.googleapis.com/package.Message");
  return types?.message(typeUrl.slice(slash + 1)) ?? path.fail(key, typeUrl, "a type in options.types; give it { types: typeRegistry(…) }");
}
