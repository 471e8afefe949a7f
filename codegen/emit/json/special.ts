import type { Field } from "../../model/schema.ts";

/** Well-known types whose JSON has a form of its own, with the runtime's functions for it: `write…Json` and `read…Json`. */
export const specialForms: ReadonlySet<string> = new Set(
  "Any Duration FieldMask ListValue NullValue Struct Timestamp Value".split(" ").map((name) => `google.protobuf.${name}`),
);

/** Whether null stands for the field's absence. There are two types of which it is a value. */
export function isNullable({ cardinality, value }: Field): boolean {
  if (cardinality !== "singular" || value.kind === "scalar") return true;
  return value.type !== "google.protobuf.NullValue" && value.type !== "google.protobuf.Value";
}
