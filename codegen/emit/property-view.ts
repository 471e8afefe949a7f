import type { Field, ValueType } from "../model/schema.ts";
import { docComment, literal } from "./comment.ts";
import { elementDoc } from "./element-doc.ts";
import type { Code, Ref } from "./imports.ts";
import type { Property } from "./message-scope.ts";
import { hasDefault } from "./names.ts";
import { scalars, wrapped } from "./scalar.ts";
import type { FileScope } from "./scope.ts";
import type { PropertyView } from "./view.ts";

/** A name of the runtime, used as a value. */
export function runtimeRef(scope: FileScope, name: string): Ref {
  return { module: scope.schema.naming.runtimeImport, name, type: false };
}

/** The TypeScript type of one value. */
export function valueType(value: ValueType, part: "type" | "init", scope: FileScope): Code {
  if (value.kind === "scalar") return scalars[value.type].type;
  return value.kind === "enum" ? scope.enumRef(value.type) : scope.messageRef(value.type, part);
}

/** What a value is before anything was read; undefined for messages, which have no such value. */
export function zeroOf(value: ValueType, scope: FileScope): Code | undefined {
  if (value.kind === "message") return undefined;
  if (value.kind === "enum") {
    const { closed, values } = scope.schema.enumeration(value.type).enumeration;
    return String(closed ? (values[0]?.number ?? 0) : 0);
  }
  const { zero } = scalars[value.type];
  return zero === "emptyBytes" ? runtimeRef(scope, zero) : zero;
}

export function propertyView(property: Property, scope: FileScope): PropertyView {
  const common = { name: property.property, saysDeprecated: property.field?.deprecated === true, ownInit: hasOwnInit(property) };
  if (property.oneof !== undefined) return { ...common, ...oneofTypes(property, scope) };
  const field = property.field!;
  return { ...common, doc: fieldDoc(field), oneof: undefined, ...fieldTypes(field, scope) };
}

/** Whether senders pass something else for a property than decoding gives, apart from leaving it out. */
export function hasOwnInit({ field, oneof }: Property): boolean {
  const isMessage = ({ value }: Field): boolean => value.kind === "message";
  if (field === undefined) return oneof!.members.some((member) => isMessage(member.field));
  return field.presence === "required" || (isMessage(field) && wrapped(field) === undefined);
}

type Types = Pick<PropertyView, "type" | "initType" | "initial" | "required">;

function oneofTypes(property: Property, scope: FileScope): Types & Pick<PropertyView, "doc" | "oneof"> {
  const { oneof, members } = property.oneof!;
  return {
    doc: docComment(oneof.comment, "  "),
    oneof: members.map(({ name, field }) => ({
      doc: fieldDoc(field, "    "),
      name: literal(name),
      type: valueType(field.value, "type", scope),
      initType: valueType(field.value, "init", scope),
    })),
    type: "",
    initType: "",
    initial: undefined,
    required: undefined,
  };
}

export function fieldTypes(field: Field, scope: FileScope): Types {
  const type = valueType(field.value, "type", scope);
  const init = valueType(field.value, "init", scope);
  if (field.cardinality === "map") {
    const key = scalars[field.mapKey!].type;
    return {
      type: ["ReadonlyMap<", key, ", ", type, ">"],
      initType: ["ReadonlyMap<", key, ", ", init, ">"],
      initial: runtimeRef(scope, "emptyMap"),
      required: undefined,
    };
  }
  if (field.cardinality === "repeated") {
    return {
      type: ["readonly ", type, "[]"],
      initType: ["readonly ", init, "[]"],
      initial: runtimeRef(scope, "emptyList"),
      required: undefined,
    };
  }
  return singularTypes(field, wrapped(field)?.type ?? type, wrapped(field)?.type ?? init, scope);
}

function singularTypes(field: Field, type: Code, initType: Code, scope: FileScope): Types {
  if (field.presence === "required") return { type, initType, initial: undefined, required: literal(field.name) };
  const present = field.value.kind !== "message" && field.presence === "implicit";
  const initial = present ? zeroOf(field.value, scope) : undefined;
  return { type: present ? type : [type, " | undefined"], initType, initial, required: undefined };
}

export function fieldDoc(field: Field, indent = "  "): string {
  const notes: string[] = [];
  if (hasDefault(field)) notes.push(`Default, for which undefined stands: ${shownDefault(field.defaultValue!)}`);
  if (field.zserver.view) notes.push("A view into the receive buffer: valid until the handler first awaits.");
  return elementDoc(field, indent, notes);
}

function shownDefault(value: NonNullable<Field["defaultValue"]>): string {
  if (value instanceof Uint8Array) return `bytes ${[...value].map((byte) => byte.toString(16).padStart(2, "0")).join(" ")}`;
  return typeof value === "string" ? literal(value) : `${value}`;
}
