import { createRequire } from "node:module";
import type { Enum, Extension, Field, File, Message, Service, ValueType } from "../../codegen/model/schema.ts";

type Plain = Readonly<Record<string, unknown>>;

/** What can be said of a declaration both from protoc's descriptors and from the model: one line each, sorted. */
export type Declarations = readonly string[];

const protobuf: { readonly Root: { fromJSON(json: unknown): ReflectionRoot } } = createRequire(import.meta.url)("protobufjs");

interface ReflectionRoot {
  lookupType(name: string): { decode(bytes: Uint8Array): unknown; toObject(message: unknown, options: Plain): Plain };
}

/** Decodes protoc's FileDescriptorSet with protobufjs, into plain objects by file name. */
export function decodeDescriptors(bytes: Uint8Array): ReadonlyMap<string, Plain> {
  const json: unknown = createRequire(import.meta.url)("protobufjs/google/protobuf/descriptor.json");
  const type = protobuf.Root.fromJSON(json).lookupType("google.protobuf.FileDescriptorSet");
  const set = type.toObject(type.decode(bytes), { enums: String, arrays: true });
  return new Map(list(set.file).map((file) => [String(file.name), file]));
}

export function declarationsOfDescriptor(file: Plain): Declarations {
  const scope = file.package ? `${String(file.package)}.` : "";
  const lines = [
    ...list(file.messageType).flatMap((message) => descriptorMessage(scope, message)),
    ...list(file.enumType).flatMap((node) => descriptorEnum(scope, node)),
    ...list(file.extension).map((field) => descriptorField(scope, field, [])),
    ...list(file.service).flatMap((service) =>
      list(service.method).map((method) => {
        const streams = `${method.clientStreaming ? "stream " : ""}${method.serverStreaming ? "> stream" : ">"}`;
        return `rpc ${scope}${String(service.name)}.${String(method.name)} ${String(method.inputType)} ${streams} ${String(method.outputType)}`;
      }),
    ),
  ];
  return lines.sort();
}

function descriptorMessage(scope: string, message: Plain): string[] {
  const name = `${scope}${String(message.name)}`;
  const inner = `${name}.`;
  const nested = list(message.nestedType).filter(({ options }) => !(options as Plain | undefined)?.mapEntry);
  return [
    `message ${name}`,
    ...list(message.field).map((field) => descriptorField(inner, field, list(message.nestedType), list(message.oneofDecl))),
    ...list(message.extension).map((field) => descriptorField(inner, field, [])),
    ...list(message.extensionRange).map(({ start, end }) => `extensions ${name} ${Number(start)} ${Number(end) - 1}`),
    ...list(message.reservedRange).map(({ start, end }) => `reserved ${name} ${Number(start)} ${Number(end) - 1}`),
    ...strings(message.reservedName).map((reserved) => `reserved ${name} ${reserved}`),
    ...nested.flatMap((inside) => descriptorMessage(inner, inside)),
    ...list(message.enumType).flatMap((node) => descriptorEnum(inner, node)),
  ];
}

function descriptorEnum(scope: string, node: Plain): string[] {
  return [
    `enum ${scope}${String(node.name)}`,
    ...list(node.value).map((value) => `value ${scope}${String(node.name)} ${String(value.name)} ${Number(value.number ?? 0)}`),
    ...list(node.reservedRange).map(({ start, end }) => `reserved ${scope}${String(node.name)} ${Number(start)} ${Number(end)}`),
  ];
}

function descriptorField(scope: string, field: Plain, nested: readonly Plain[], oneofs: readonly Plain[] = []): string {
  const typeName = field.typeName === undefined ? kind(field.type) : String(field.typeName);
  const entry = nested.find(({ name, options }) => (options as Plain | undefined)?.mapEntry && typeName.endsWith(`.${String(name)}`));
  const parts = entry === undefined ? [] : list(entry.field).map((part) => String(part.typeName ?? kind(part.type)));
  const oneof = field.oneofIndex === undefined || field.proto3Optional ? "" : ` in ${String(oneofs[Number(field.oneofIndex)]?.name)}`;
  const shape = entry ? `map ${parts.join(" ")}` : `${field.label === "LABEL_REPEATED" ? "repeated " : ""}${typeName}`;
  const extendee = field.extendee === undefined ? "" : ` extends ${String(field.extendee)}`;
  const group = field.type === "TYPE_GROUP" ? " group" : "";
  const json = field.extendee === undefined ? ` ${String(field.jsonName)}` : "";
  return `field ${scope}${String(field.name)} ${Number(field.number)}${json} ${shape}${oneof}${extendee}${group}${defaultText(field.defaultValue)}`;
}

/** Descriptors of editions call delimited fields messages and leave the rest to features, so that the mark of groups is for proto2 only. */
export function declarationsOfModel(file: File): Declarations {
  const lines = [
    ...file.messages.flatMap(modelMessage),
    ...file.enums.flatMap(modelEnum),
    ...file.extensions.map(modelField),
    ...file.services.flatMap(modelService),
  ];
  return lines.map((line) => (file.syntax === "proto2" ? line : line.replace(/ group$/, ""))).sort();
}

function modelService(service: Service): string[] {
  return service.commands.map((command) => {
    const streams = `${command.requestStream ? "stream " : ""}${command.responseStream ? "> stream" : ">"}`;
    return `rpc ${command.fullName} .${command.request} ${streams} .${command.response}`;
  });
}

function modelMessage(message: Message): string[] {
  const name = message.fullName;
  return [
    `message ${name}`,
    ...message.fields.map(modelField),
    ...message.extensions.map(modelField),
    ...message.extensionRanges.map(({ from, to }) => `extensions ${name} ${from} ${to}`),
    ...message.reservedNumbers.map(({ from, to }) => `reserved ${name} ${from} ${to}`),
    ...message.reservedNames.map((reserved) => `reserved ${name} ${reserved}`),
    ...message.messages.flatMap(modelMessage),
    ...message.enums.flatMap(modelEnum),
  ];
}

function modelEnum(node: Enum): string[] {
  return [
    `enum ${node.fullName}`,
    ...node.values.map((value) => `value ${node.fullName} ${value.name} ${value.number}`),
    ...node.reservedNumbers.map(({ from, to }) => `reserved ${node.fullName} ${from} ${to}`),
  ];
}

function modelField(field: Field | Extension): string {
  const type = typeText(field.value);
  const shape = field.mapKey ? `map ${field.mapKey} ${type}` : `${field.cardinality === "repeated" ? "repeated " : ""}${type}`;
  const extendee = "extendee" in field ? ` extends .${field.extendee}` : "";
  const json = "extendee" in field ? "" : ` ${field.jsonName}`;
  const group = field.value.kind === "message" && field.value.delimited ? " group" : "";
  const oneof = field.oneof === undefined ? "" : ` in ${field.oneof}`;
  const value = field.defaultValue instanceof Uint8Array ? cEscape(field.defaultValue) : field.defaultValue;
  return `field ${field.fullName} ${field.number}${json} ${shape}${oneof}${extendee}${group}${defaultText(value)}`;
}

function typeText(value: ValueType): string {
  return value.kind === "scalar" ? value.type : `.${value.type}`;
}

/** Numbers by their value: protoc prints floats its own way. */
function defaultText(value: unknown): string {
  if (value === undefined) return "";
  const text = String(value)
    .replace(/^(-?)inf$/, "$1Infinity")
    .replace(/^-?nan$/i, "NaN");
  return ` = ${/^-?\d+$/.test(text) || text === "" || Number.isNaN(Number(text)) ? text : Math.fround(Number(text))}`;
}

/** protoc prints the default of a bytes field with C's escapes. */
function cEscape(bytes: Uint8Array): string {
  const named: Readonly<Record<number, string>> = { 10: "\\n", 13: "\\r", 9: "\\t", 34: '\\"', 39: "\\'", 92: "\\\\" };
  return [...bytes]
    .map((byte) => named[byte] ?? (byte < 32 || byte > 126 ? `\\${byte.toString(8).padStart(3, "0")}` : String.fromCharCode(byte)))
    .join("");
}

function kind(type: unknown): string {
  return String(type).replace("TYPE_", "").toLowerCase();
}

function list(value: unknown): readonly Plain[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value : [];
}
