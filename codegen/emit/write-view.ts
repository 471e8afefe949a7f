import type { Field, ValueType } from "../model/schema.ts";
import { literal } from "./comment.ts";
import type { Property } from "./message-scope.ts";
import { runtimeRef } from "./property-view.ts";
import { type Scalar, scalars, tagOf, wrapped } from "./scalar.ts";
import type { FileScope } from "./scope.ts";
import type { ValueWriteView, WriteView } from "./view.ts";

/** All that writes a message, by field number, as other encoders do, so that equal messages are equal bytes. */
export function writeViews(properties: readonly Property[], scope: FileScope): WriteView[] {
  const fields = properties.flatMap((property) => membersOf(property).map((field) => ({ property, field })));
  fields.sort((a, b) => a.field.number - b.field.number);
  const views: WriteView[] = [];
  for (let i = 0; i < fields.length; ) {
    const { property, field } = fields[i]!;
    let next = i + 1;
    if (property.oneof !== undefined) while (fields[next]?.property === property) next++;
    views.push(property.oneof === undefined ? fieldWrite(property, field, scope) : oneofWrite(property, fields.slice(i, next), scope));
    i = next;
  }
  return views;
}

function membersOf(property: Property): readonly Field[] {
  return property.oneof?.members.map((member) => member.field) ?? [property.field!];
}

function fieldWrite(property: Property, field: Field, scope: FileScope): WriteView {
  const access = `message.${property.property}`;
  const name = literal(property.property);
  if (field.cardinality === "map") {
    const key = valueWrite({ kind: "scalar", type: field.mapKey! }, 1, "key", name, scope);
    return { map: { access, tag: tagOf(field.number, 2), key, value: valueWrite(field.value, 2, "value", name, scope) } };
  }
  if (field.cardinality === "repeated") {
    if (!field.packed) return { list: { access, value: valueWrite(field.value, field.number, "entry", name, scope) } };
    const write = runtimeRef(scope, `writePacked${scalarOf(field.value)!.suffix}`);
    return { packed: { access, tag: tagOf(field.number, 2), write, field: name } };
  }
  const implicit = (scalar: Scalar, number: number): WriteView => {
    const write = runtimeRef(scope, `writeImplicit${scalar.suffix}`);
    return { implicit: { tag: tagOf(number, scalar.wireType), value: access, field: name, scalar: write } };
  };
  const inner = wrapped(field);
  if (inner !== undefined) return { wrapper: { access, tag: tagOf(field.number, 2), content: implicit(inner, 1) } };
  const scalar = scalarOf(field.value);
  if (scalar !== undefined && field.presence === "implicit") return implicit(scalar, field.number);
  const value = valueWrite(field.value, field.number, access, name, scope);
  return field.presence === "required" ? { required: { access, field: name, value } } : { single: { access, value } };
}

function oneofWrite(property: Property, run: readonly { readonly field: Field }[], scope: FileScope): WriteView {
  const access = `message.${property.property}`;
  const inRun = new Set(run.map(({ field }) => field));
  const members = property.oneof!.members;
  const cases = members.filter((member) => inRun.has(member.field)).sort((a, b) => a.field.number - b.field.number);
  return {
    oneof: {
      access,
      field: literal(property.property),
      cases: cases.map(({ name, field }) => ({
        name: literal(name),
        value: valueWrite(field.value, field.number, `${access}.value`, literal(name), scope),
      })),
      others: members.filter((member) => !inRun.has(member.field)).map((member) => literal(member.name)),
    },
  };
}

/** Enums are written as int32. */
function scalarOf(value: ValueType): Scalar | undefined {
  if (value.kind === "message") return undefined;
  return scalars[value.kind === "enum" ? "int32" : value.type];
}

function valueWrite(value: ValueType, number: number, expression: string, field: string, scope: FileScope): ValueWriteView {
  const common = { value: expression, field };
  if (value.kind !== "message") {
    const { suffix, wireType } = scalarOf(value)!;
    return { ...common, tag: tagOf(number, wireType), scalar: runtimeRef(scope, `write${suffix}`) };
  }
  const message = scope.codec(value.type, "write");
  return { ...common, tag: tagOf(number, value.delimited ? 3 : 2), message, group: value.delimited };
}
