/** `zserver/codec`: what generated code imports, and encoding without a session. Free of Node imports, sockets and cryptography. */
export * from "../generated/google/protobuf/any.ts";
export * from "../generated/google/protobuf/duration.ts";
export * from "../generated/google/protobuf/empty.ts";
export * from "../generated/google/protobuf/field_mask.ts";
export * from "../generated/google/protobuf/struct.ts";
export * from "../generated/google/protobuf/timestamp.ts";
export * from "../generated/google/protobuf/wrappers.ts";
export * from "../generated/zserver/blob.ts";
export { None, type NoneInit } from "../generated/zserver/options.ts";
export { decode, type DecodeLimits, encode } from "./schema/codec.ts";
export { clearExtension, getExtension, hasExtension, setExtension } from "./schema/extension.ts";
export * from "./schema/support.ts";
export * from "./schema/time.ts";
