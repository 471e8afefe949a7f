/** `zserver/codec`: what generated code imports, and encoding without a session. Free of Node imports, sockets and cryptography. */
export { None, type NoneInit } from "../generated/zserver/options.ts";
export { decode, type DecodeLimits, encode } from "./schema/codec.ts";
export * from "./schema/support.ts";
