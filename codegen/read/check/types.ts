import type { Features } from "../features.ts";
import type { FieldNode } from "../syntax/ast.ts";
import { mapKeyTypes, scalarTypes } from "../syntax/scalar.ts";
import type { CheckContext } from "./context.ts";

/** What a field's type must be where it stands: keys of maps, closed enums in fields without presence. */
export function checkType(context: CheckContext, field: FieldNode, features: Features): void {
  const { type, mapKey, name } = field;
  if (mapKey) {
    const key = scalarTypes.get(mapKey.text);
    if (key === undefined || !mapKeyTypes.has(key)) {
      context.report(mapKey.at, "MAP_KEY_TYPE", `${mapKey.text} cannot be the key of a map`, "use an integer type, bool or string");
    }
  }
  const closed = type.target?.kind === "enum" && context.closedEnums.has(type.target);
  if (closed && features.field_presence === "IMPLICIT" && !field.oneof && field.label !== "repeated" && !field.extendee) {
    const remedy = "give the field presence with optional, or use an open enum";
    context.report(type.at, "CLOSED_ENUM_IMPLICIT", `${name.text} has no presence, but ${type.text} is a closed enum`, remedy);
  }
  const [first] = type.target?.kind === "enum" && mapKey ? type.target.values : [];
  if (first && first.number !== 0) {
    context.report(
      type.at,
      "MAP_ENUM_ZERO",
      `the first value of ${type.text} is not 0, so it cannot be the value of a map`,
      "put the value with the number 0 first",
    );
  }
}
