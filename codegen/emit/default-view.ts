import type { Field } from "../model/schema.ts";
import { literal } from "./comment.ts";
import type { Property } from "./message-scope.ts";
import { hasDefault } from "./names.ts";
import { valueType } from "./property-view.ts";
import type { FileScope } from "./scope.ts";
import type { DefaultView, MessageView } from "./view.ts";

/** The defaults that a message states, under the name of their constant. */
export function defaultsView(properties: readonly Property[], name: string, scope: FileScope): MessageView["defaults"] {
  const fields = properties.flatMap(({ property, field }) => (field && defaultView(field, property, scope)) ?? []);
  return fields.length === 0 ? undefined : { name, fields };
}

export function defaultView(field: Field, name: string, scope: FileScope): DefaultView | undefined {
  if (!hasDefault(field)) return undefined;
  return { name, type: valueType(field.value, "type", scope), value: expression(field, field.defaultValue!, scope) };
}

function expression({ value }: Field, stated: NonNullable<Field["defaultValue"]>, scope: FileScope): string {
  if (value.kind === "enum") {
    const { values } = scope.schema.enumeration(value.type).enumeration;
    return String(values.find(({ name }) => name === stated)!.number);
  }
  if (stated instanceof Uint8Array) return `/* @__PURE__ */ new Uint8Array([${stated.join(", ")}])`;
  if (typeof stated === "bigint") return `${stated}n`;
  if (typeof stated === "string") return literal(stated);
  return Object.is(stated, -0) ? "-0" : String(stated);
}
