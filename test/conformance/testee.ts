// What Google's conformance runner talks to: it takes a message in one format and answers with the same message in another. It knows nothing
// but generated code and what generated code imports. Each message on stdin and stdout has its length before it, in four little-endian bytes.
import { readSync, writeSync } from "node:fs";
import { decode, encode, type MessageType } from "zserver/codec";
import { ConformanceRequest, ConformanceResponse, type ConformanceResponseInit, WireFormat } from "./generated/conformance/conformance.ts";
import { TestAllTypesEdition2023 } from "./generated/google/protobuf/test_messages_edition2023.ts";
import { TestAllTypesProto2 } from "./generated/google/protobuf/test_messages_proto2.ts";
import { TestAllTypesProto2 as EditionProto2 } from "./generated/google/protobuf/test_messages_proto2_editions.ts";
import { TestAllTypesProto3 } from "./generated/google/protobuf/test_messages_proto3.ts";
import { TestAllTypesProto3 as EditionProto3 } from "./generated/google/protobuf/test_messages_proto3_editions.ts";

/** One of the test messages, the types of its values left open: a value only travels from its own `read` to its own `write`. */
type TestMessage = MessageType<unknown, never>;

const types: ReadonlyMap<string, TestMessage> = new Map(
  [TestAllTypesProto2, TestAllTypesProto3, TestAllTypesEdition2023, EditionProto2, EditionProto3].map((type) => [type.name, type]),
);

type Result = ConformanceResponseInit["result"];

function answer(request: ConformanceRequest): Result {
  const type = types.get(request.messageType);
  if (type === undefined) return { case: "runtimeError", value: `no message ${request.messageType}` };
  if (request.payload?.case !== "protobufPayload") return { case: "skipped", value: "only the binary format is read" };
  if (request.requestedOutputFormat !== WireFormat.PROTOBUF) return { case: "skipped", value: "only the binary format is written" };
  let message: unknown;
  try {
    message = decode(type, request.payload.value);
  } catch (error) {
    return { case: "parseError", value: String(error) };
  }
  try {
    return { case: "protobufPayload", value: encode(type, message as never) };
  } catch (error) {
    return { case: "serializeError", value: String(error) };
  }
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
