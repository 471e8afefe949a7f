import type { Features } from "../features.ts";
import { defaultJsonName } from "../../model/json-name.ts";
import type { FieldNode, MessageNode } from "../syntax/ast.ts";
import { explicitJsonName, pseudoOptions } from "../syntax/pseudo-option.ts";
import type { CheckContext } from "./context.ts";

interface JsonName {
  readonly field: FieldNode;
  readonly custom: boolean;
}

/** No two fields of a message have one name in JSON; before proto3, names that nobody chose may collide. */
export function checkJsonNames(context: CheckContext, message: MessageNode, features: Features): void {
  if (message.resolvedOptions.values.deprecated_legacy_json_field_conflicts === true) return;
  for (const defaults of [true, false]) checkUnique(context, message, features, defaults);
}

/** Once with the names that fields have by default, as peers without `json_name` see them, and once with those that they chose. */
function checkUnique(context: CheckContext, message: MessageNode, features: Features, defaults: boolean): void {
  const used = new Map<string, JsonName>();
  for (const field of message.fields) {
    const chosen = defaults ? undefined : explicitJsonName(field);
    const byDefault = defaultJsonName(field.name.text);
    const custom = chosen !== undefined && chosen !== byDefault;
    const name = chosen ?? byDefault;
    const before = used.get(name);
    if (before === undefined) {
      used.set(name, { field, custom });
      continue;
    }
    const oneIsDefault = !custom || !before.custom;
    if ((features.json_format === "LEGACY_BEST_EFFORT" && oneIsDefault) || (!defaults && !custom && !before.custom)) continue;
    const where = `${before.field.name.text}, at ${context.where(before.field.name.at)}`;
    context.report(
      field.name.at,
      "JSON_NAME_CONFLICT",
      `the JSON name "${name}" of ${field.name.text} is also that of ${where}`,
      "rename one of the fields, or set json_name",
    );
  }
}

/** What is written as `json_name`. */
export function checkJsonNameOption(context: CheckContext, field: FieldNode): void {
  const [written, second] = pseudoOptions(field, "json_name");
  if (written === undefined) return;
  if (second) context.report(second.at, "JSON_NAME_INVALID", "json_name is set twice", "keep one of the names");
  const name = explicitJsonName(field);
  if (name === undefined) context.report(written.value.at, "JSON_NAME_INVALID", "json_name takes a string", "write it in quotes");
  else if (field.extendee)
    context.report(written.at, "JSON_NAME_INVALID", "an extension has no json_name", "remove it: in JSON its full name stands in brackets");
  else if (name.includes("\0")) context.report(written.value.at, "JSON_NAME_INVALID", "json_name contains a zero character", "remove it");
  else if (name.startsWith("[") && name.endsWith("]")) {
    context.report(written.value.at, "JSON_NAME_INVALID", `the JSON name ${name} looks like an extension's`, "remove the brackets");
  }
}
