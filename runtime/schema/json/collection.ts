import { emptyList, emptyMap } from "../empty.ts";
import type { JsonReader } from "./json-reader.ts";
import type { ReadJson, WriteJson } from "./json-type.ts";
import type { JsonWriter } from "./json-writer.ts";
import { asObject, isArray, type JsonKey, type JsonValue, type OpenJsonObject, setMember } from "./value.ts";

export function writeListJson<T>(list: readonly T[], write: WriteJson<T>, key: JsonKey, writer: JsonWriter): JsonValue {
  if (!Array.isArray(list)) writer.fail(key, list, "an array");
  writer.enter(key);
  const json = list.map((value, i) => write(value, i, writer));
  writer.leave();
  return json;
}

export function readListJson<T>(json: JsonValue, read: ReadJson<T>, key: JsonKey, reader: JsonReader): T[] {
  if (!isArray(json)) return reader.fail(key, json, "an array");
  if (json.length === 0) return emptyList;
  const list: T[] = [];
  reader.enter(key);
  for (const [i, entry] of json.entries()) {
    reader.element();
    const value = read(entry, i, reader);
    if (value !== undefined) list.push(value);
  }
  reader.leave();
  return list;
}

/** @param name writes a map's key; its text becomes the name of a member */
export function writeMapJson<K, V>(
  map: ReadonlyMap<K, V>,
  name: WriteJson<K>,
  write: WriteJson<V>,
  key: JsonKey,
  writer: JsonWriter,
): JsonValue {
  if (!(map instanceof Map)) writer.fail(key, map, "a Map");
  const json: OpenJsonObject = {};
  writer.descend(key);
  for (const [mapKey, value] of map) {
    const member = String(name(mapKey, String(mapKey), writer));
    setMember(json, member, write(value, member, writer));
  }
  writer.ascend();
  return json;
}

/** @param name reads a map's key from the name of a member */
export function readMapJson<K, V>(json: JsonValue, name: ReadJson<K>, read: ReadJson<V>, key: JsonKey, reader: JsonReader): Map<K, V> {
  const object = asObject(json);
  if (object === undefined) return reader.fail(key, json, "an object");
  const map = new Map<K, V>();
  reader.descend(key);
  for (const member of Object.keys(object)) {
    reader.element();
    const mapKey = name(member, member, reader)!;
    if (map.has(mapKey)) reader.refuse(member, "the same key is given twice");
    const value = read(object[member]!, member, reader);
    if (value !== undefined) map.set(mapKey, value);
  }
  reader.ascend();
  return map.size === 0 ? emptyMap : map;
}
