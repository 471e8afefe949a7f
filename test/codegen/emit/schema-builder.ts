/** Builds Schema models by hand, so that the emitter is tested apart from the reader. */
import type {
  Command,
  Element,
  Enum,
  Field,
  File,
  Message,
  Oneof,
  ScalarType,
  Schema,
  Service,
  ValueType,
} from "../../../codegen/model/schema.ts";

const position = { file: "test.proto", line: 1, column: 1 };

function element(fullName: string, comment = ""): Element {
  return { name: fullName.slice(fullName.lastIndexOf(".") + 1), fullName, position, comment, deprecated: false };
}

export function schema(...files: File[]): Schema {
  return { files };
}

export function file(name: string, packageName: string, parts: Partial<File> = {}): File {
  return {
    name,
    package: packageName,
    syntax: "proto3",
    syntaxPosition: undefined,
    packagePosition: undefined,
    comment: "",
    requested: true,
    imports: [],
    messages: [],
    enums: [],
    services: [],
    extensions: [],
    options: [],
    ...parts,
  };
}

export type MessageParts = Partial<Message> & { readonly comment?: string };

export function message(fullName: string, fields: readonly Field[], parts: MessageParts = {}): Message {
  const oneofs = [...new Set(fields.flatMap((one) => one.oneof ?? []))].map(
    (name): Oneof => ({ ...element(`${fullName}.${name}`), fields: fields.filter((one) => one.oneof === name).map((one) => one.name) }),
  );
  return {
    ...element(fullName),
    fields,
    oneofs,
    messages: [],
    enums: [],
    extensions: [],
    reservedNumbers: [],
    reservedNames: [],
    extensionRanges: [],
    zserver: { maxElements: 0 },
    options: [],
    ...parts,
  };
}

export const scalarType = (type: ScalarType): ValueType => ({ kind: "scalar", type });
export const messageType = (type: string, delimited = false): ValueType => ({ kind: "message", type, delimited });
export const enumType = (type: string, closed = false): ValueType => ({ kind: "enum", type, closed });

export type FieldParts = Partial<Field>;

/** A singular field; a scalar's type may be given by its name. */
export function field(number: number, name: string, value: ScalarType | ValueType, parts: FieldParts = {}): Field {
  const type = typeof value === "string" ? scalarType(value) : value;
  const explicit = type.kind === "message" || parts.oneof !== undefined;
  return {
    ...element(name),
    number,
    jsonName: name,
    value: type,
    mapKey: undefined,
    cardinality: "singular",
    presence: explicit ? "explicit" : "implicit",
    packed: false,
    validateUtf8: true,
    oneof: undefined,
    defaultValue: undefined,
    zserver: { view: false, secret: false },
    options: [],
    ...parts,
  };
}

export function list(number: number, name: string, value: ScalarType | ValueType, parts: FieldParts = {}): Field {
  const one = field(number, name, value, parts);
  const packable = one.value.kind === "enum" || (one.value.kind === "scalar" && one.value.type !== "string" && one.value.type !== "bytes");
  return { ...one, cardinality: "repeated", packed: packable, ...parts };
}

export function map(number: number, name: string, mapKey: ScalarType, value: ScalarType | ValueType): Field {
  return field(number, name, value, { cardinality: "map", mapKey });
}

export function enumeration(fullName: string, values: Readonly<Record<string, number>>, parts: Partial<Enum> = {}): Enum {
  const scope = fullName.slice(0, fullName.lastIndexOf(".") + 1);
  return {
    ...element(fullName),
    values: Object.entries(values).map(([name, number]) => ({ ...element(scope + name), number, options: [] })),
    closed: false,
    allowAlias: false,
    reservedNumbers: [],
    reservedNames: [],
    options: [],
    ...parts,
  };
}

export function service(fullName: string, commands: readonly Command[], parts: Partial<Service> = {}): Service {
  return { ...element(fullName), commands, zserver: { side: "SERVER", ordered: false, critical: false }, options: [], ...parts };
}

export function command(name: string, request: string, response: string, parts: Partial<Command> = {}): Command {
  return {
    ...element(name),
    request,
    response,
    requestStream: false,
    responseStream: false,
    kind: "unary",
    idempotency: "UNKNOWN",
    zserver: {
      timeoutMs: 0,
      idleTimeoutMs: 0,
      maxBytes: 0,
      errors: [],
      deferred: false,
      ordered: false,
      delivery: "RELIABLE",
      critical: false,
      priority: "NORMAL",
      inLane: false,
      compression: undefined,
    },
    options: [],
    ...parts,
  };
}
