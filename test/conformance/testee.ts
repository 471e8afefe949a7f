// What Google's conformance runner talks to: it takes a message in one format and answers with the same message in another. It knows nothing
// but generated code and what generated code imports. Each message on stdin and stdout has its length before it, in four little-endian bytes.
import { readSync, writeSync } from "node:fs";
import { decode, encode } from "zserver/codec";
import * as json from "zserver/json";
import {
  ConformanceRequest,
  ConformanceResponse,
  type ConformanceResponseInit,
  TestCategory,
  WireFormat,
} from "./generated/conformance/conformance.ts";
import * as edition2023 from "./generated/google/protobuf/test_messages_edition2023.json.ts";
import * as proto2 from "./generated/google/protobuf/test_messages_proto2.json.ts";
import * as proto2Editions from "./generated/google/protobuf/test_messages_proto2_editions.json.ts";
import * as proto3 from "./generated/google/protobuf/test_messages_proto3.json.ts";
import * as proto3Editions from "./generated/google/protobuf/test_messages_proto3_editions.json.ts";

/** One of the test messages, the types of its values left open: a value only travels from its own `read` to its own `write`. */
type TestMessage = json.JsonType<unknown, never>;

/** The messages and extensions that a module of JSON exports. */
function typesOf(module: object): (TestMessage | json.JsonExtension<unknown, never>)[] {
  return Object.values(module).filter((value) => typeof value === "object" && ("type" in value || "extension" in value));
}

const types: json.TypeRegistry = json.typeRegistry(...[json, edition2023, proto2, proto2Editions, proto3, proto3Editions].flatMap(typesOf));

type Result = ConformanceResponseInit["result"];

function answer(request: ConformanceRequest): Result {
  const type = types.message(request.messageType);
  if (type === undefined) return { case: "runtimeError", value: `no message ${request.messageType}` };
  if (request.payload?.case !== "protobufPayload" && request.payload?.case !== "jsonPayload") {
    return { case: "skipped", value: "only the binary format and JSON are read" };
  }
  let message: never;
  try {
    message = read(type, request, request.payload) as never;
  } catch (error) {
    return { case: "parseError", value: String(error) };
  }
  try {
    if (request.requestedOutputFormat === WireFormat.PROTOBUF) return { case: "protobufPayload", value: encode(type.type, message) };
    if (request.requestedOutputFormat !== WireFormat.JSON) return { case: "skipped", value: "only the binary format and JSON are written" };
    return { case: "jsonPayload", value: JSON.stringify(json.toJson(type, message, { types })) };
  } catch (error) {
    return { case: "serializeError", value: String(error) };
  }
}

function read(type: TestMessage, { testCategory }: ConformanceRequest, payload: NonNullable<ConformanceRequest["payload"]>): unknown {
  if (payload.case === "protobufPayload") return decode(type.type, payload.value);
  const ignoreUnknownFields = testCategory === TestCategory.JSON_IGNORE_UNKNOWN_PARSING_TEST;
  return json.fromJson(type, json.parseJson(payload.value as string), { types, ignoreUnknownFields });
}

/** So many bytes of stdin; undefined where it ends. */
function take(length: number): Uint8Array | undefined {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const count = readSync(0, bytes, at, length - at, null);
    if (count === 0) return undefined;
    at += count;
  }
  return bytes;
}

function give(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

const length = new DataView(new ArrayBuffer(4));
for (let head = take(4); head !== undefined; head = take(4)) {
  const request = take(new DataView(head.buffer).getUint32(0, true));
  if (request === undefined) break;
  const response = encode(ConformanceResponse, { result: answer(decode(ConformanceRequest, request)) });
  length.setUint32(0, response.length, true);
  give(new Uint8Array(length.buffer));
  give(response);
}
