import { checkOptions } from "../../errors/options.ts";
import type { DecodeLimits } from "../codec.ts";
import type { TypeRegistry } from "./type-registry.ts";

/** How a message becomes JSON. */
export interface ToJsonOptions extends DecodeLimits {
  /** Puts out scalars, enums, lists and maps without presence also where they are zero or empty. Default: false. */
  readonly alwaysEmitImplicit?: boolean | undefined;
  /** Puts out enums as numbers instead of their names. Default: false. */
  readonly enumAsInteger?: boolean | undefined;
  /** Puts out fields under their names in the schema instead of lowerCamelCase. Default: false. */
  readonly useProtoFieldName?: boolean | undefined;
  /** What `google.protobuf.Any` may hold, and the extensions that are put out. Default: none. */
  readonly types?: TypeRegistry | undefined;
}

/** How JSON becomes a message. */
export interface FromJsonOptions extends DecodeLimits {
  /** Passes over members that the schema does not know, and over names that an enum does not have. Default: false. */
  readonly ignoreUnknownFields?: boolean | undefined;
  /** What `google.protobuf.Any` may hold, and the extensions that are read. Default: none. */
  readonly types?: TypeRegistry | undefined;
}

const toJsonOptions = [
  "alwaysEmitImplicit",
  "enumAsInteger",
  "useProtoFieldName",
  "types",
  "decodeElements",
] satisfies (keyof ToJsonOptions)[];

const fromJsonOptions = ["ignoreUnknownFields", "types", "decodeElements"] satisfies (keyof FromJsonOptions)[];

/** Throws TypeError for unknown options. */
export function checkToJsonOptions(options: ToJsonOptions): void {
  checkOptions("toJson", options, toJsonOptions);
}

/** Throws TypeError for unknown options. */
export function checkFromJsonOptions(options: FromJsonOptions): void {
  checkOptions("fromJson", options, fromJsonOptions);
}
