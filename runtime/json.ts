/** `zserver/json`: protobuf's JSON format, apart from the codecs, so that a program without JSON carries none of it. Free of Node imports. */
export * from "../generated/google/protobuf/any.json.ts";
export * from "../generated/google/protobuf/duration.json.ts";
export * from "../generated/google/protobuf/empty.json.ts";
export * from "../generated/google/protobuf/field_mask.json.ts";
export * from "../generated/google/protobuf/struct.json.ts";
export * from "../generated/google/protobuf/timestamp.json.ts";
export * from "../generated/google/protobuf/wrappers.json.ts";
export * from "../generated/zserver/blob.json.ts";
export * from "../generated/zserver/options.json.ts";
export * from "./schema/json/support.ts";
