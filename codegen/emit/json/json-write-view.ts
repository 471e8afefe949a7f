import type { Field } from "../../model/schema.ts";
import { literal } from "../comment.ts";
import type { Code } from "../imports.ts";
import type { Property } from "../message-scope.ts";
import { runtimeRef, zeroOf } from "../property-view.ts";
import { notZero, scalars } from "../scalar.ts";
import type { JsonScope } from "./json-scope.ts";
import { fieldJson, valueJson } from "./json-value.ts";
import type { JsonMemberView, JsonWriteView } from "./json-view.ts";

/** All that writes a message, by field number. Members of a oneof that are not neighbours are looked at where each stands. */
export function jsonWriteViews(properties: readonly Property[], scope: JsonScope): JsonWriteView[] {
  const fields = properties.flatMap((property) => {
    return (property.oneof?.members.map((member) => member.field) ?? [property.field!]).map((field) => ({ property, field }));
  });
  fields.sort((a, b) => a.field.number - b.field.number);
  const views: JsonWriteView[] = [];
  for (let i = 0; i < fields.length; ) {
    const { property, field } = fields[i]!;
    let next = i + 1;
    if (property.oneof !== undefined) while (fields[next]?.property === property) next++;
    views.push(property.oneof === undefined ? fieldWrite(property, field, scope) : oneofWrite(property, fields.slice(i, next), scope));
    i = next;
  }
  return views;
}

function fieldWrite(property: Property, field: Field, scope: JsonScope): JsonWriteView {
  const access = `message.${property.property}`;
  const key = literal(property.property);
  const write = (value: Code): Code => fieldJson(field, "write", value, key, "writer", scope);
  const there = `${access} !== undefined`;
  if (field.cardinality !== "singular") {
    const [size, empty] = field.cardinality === "map" ? ["size", "emptyMap"] : ["length", "emptyList"];
    const value = write([`${access} ?? `, runtimeRef(scope, empty!)]);
    return { member: memberView(field, key, value, implicitly(`${there} && ${access}.${size} !== 0`)) };
  }
  if (field.presence === "required") return { required: access, member: memberView(field, key, write(access)) };
  if (field.presence === "explicit" || field.value.kind === "message") return { member: memberView(field, key, write(access), there) };
  const scalar = scalars[field.value.kind === "enum" ? "int32" : field.value.type];
  const value = write([`${access} ?? `, zeroOf(field.value, scope)!]);
  return { member: memberView(field, key, value, implicitly(`${there} && ${notZero(access, scalar)}`)) };
}

/** A field without presence is written where it is not zero, or where all of them are. */
function implicitly(condition: string): string {
  return `writer.alwaysEmitImplicit || (${condition})`;
}

function oneofWrite(property: Property, run: readonly { readonly field: Field }[], scope: JsonScope): JsonWriteView {
  const access = `message.${property.property}`;
  const inRun = new Set(run.map(({ field }) => field));
  const members = property.oneof!.members;
  const cases = members.filter((member) => inRun.has(member.field)).sort((a, b) => a.field.number - b.field.number);
  return {
    oneof: {
      access,
      field: literal(property.property),
      cases: cases.map(({ name, field }) => {
        const key = literal(name);
        const value: Code = [valueJson(field.value, "write", scope), `(${access}.value, ${key}, writer)`];
        return { name: key, member: memberView(field, key, value) };
      }),
      others: members.filter((member) => !inRun.has(member.field)).map((member) => literal(member.name)),
    },
  };
}

function memberView(field: Field, key: string, value: Code, condition?: string): JsonMemberView {
  const names = [field.jsonName, field.name];
  const name =
    field.jsonName === field.name ? literal(field.name) : `writer.useProtoFieldName ? ${names.reverse().map(literal).join(" : ")}`;
  if (names.some((one) => one in Object.prototype)) return { condition, field: key, name, access: undefined, value };
  const plain = field.jsonName === field.name && /^[A-Za-z_]\w*$/.test(field.name);
  return { condition, field: key, name, access: plain ? `.${field.name}` : `[${name}]`, value };
}
