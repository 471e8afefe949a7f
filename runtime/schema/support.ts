/** What generated code needs besides the well-known messages, which are generated themselves. */
export * from "../bytes/read-packed.ts";
export * from "../bytes/read-scalar.ts";
export { Reader } from "../bytes/reader.ts";
export * from "../bytes/write-implicit.ts";
export * from "../bytes/write-packed.ts";
export * from "../bytes/write-scalar.ts";
export { Writer } from "../bytes/writer.ts";
export { absent, unsendable } from "../bytes/fault.ts";
export type { Caller, CallOptions } from "./caller.ts";
export { append, emptyBytes, emptyList, emptyMap, openMap } from "./empty.ts";
export type { ExtensionField, ExtensionType } from "./extension-type.ts";
export type { ReleasedSchema, ReleasedService } from "./released-schema.ts";
export type { Draft, Extensible, MessageType, Optional } from "./message-type.ts";
export { memberOf } from "./oneof.ts";
export {
  type CommandKind,
  type CommandType,
  type Documented,
  type SchemaRelease,
  type ServiceInfo,
  makeService,
  type ServiceSchema,
  type ServiceType,
  type Side,
} from "./service-type.ts";
