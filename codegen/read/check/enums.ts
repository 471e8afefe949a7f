import type { Features } from "../features.ts";
import type { EnumNode, EnumValueNode } from "../syntax/ast.ts";
import type { CheckContext } from "./context.ts";
import { optionAt } from "./option-at.ts";
import { checkRanges, checkReservedNames, containing } from "./ranges.ts";

/** An enum's values: at least one, zero first in open enums, aliases only where allowed, nothing reserved. */
export function checkEnum(context: CheckContext, node: EnumNode, features: Features): void {
  const [first] = node.values;
  if (first === undefined) {
    if (!context.file.broken)
      context.report(node.name.at, "ENUM_EMPTY", `the enum ${node.name.text} has no values`, "declare at least one");
    return;
  }
  if (first.number !== 0 && !context.closedEnums.has(node)) {
    const remedy = "put a value with the number 0 first: it is what an absent field means";
    context.report(first.numberAt, "ENUM_FIRST_ZERO", `the first value of the open enum ${node.name.text} is ${first.number}`, remedy);
  }
  checkAliases(context, node);
  checkReserved(context, node);
  if (features.json_format === "ALLOW") checkPrefixedNames(context, node);
}

function checkAliases(context: CheckContext, node: EnumNode): void {
  const allowed = node.resolvedOptions.values.allow_alias === true;
  const used = new Map<number, EnumValueNode>();
  let aliases = false;
  for (const value of node.values) {
    const before = used.get(value.number);
    if (before === undefined) {
      used.set(value.number, value);
      continue;
    }
    aliases = true;
    if (allowed) continue;
    const message = `${value.name.text} has the number ${value.number} of ${before.name.text}, at ${context.where(before.name.at)}`;
    context.report(value.numberAt, "ENUM_VALUE_DUPLICATE", message, "take another number, or allow it with option allow_alias = true;");
  }
  if (allowed && !aliases) {
    context.report(
      optionAt(node, "allow_alias"),
      "ENUM_ALIAS_UNUSED",
      `${node.name.text} allows aliases and has none`,
      "remove option allow_alias",
    );
  } else if (node.resolvedOptions.values.allow_alias === false) {
    context.report(
      optionAt(node, "allow_alias"),
      "ENUM_ALIAS_UNUSED",
      `${node.name.text} says allow_alias = false, which is the default`,
      "remove option allow_alias",
    );
  }
}

function checkReserved(context: CheckContext, node: EnumNode): void {
  const ranges = checkRanges(context, node.reserved.ranges, []);
  const names = checkReservedNames(context, node.reserved);
  for (const { name, number, numberAt } of node.values) {
    if (containing(ranges, number))
      context.report(numberAt, "ENUM_VALUE_RESERVED", `the number ${number} is reserved`, "take another number");
    if (names.has(name.text)) context.report(name.at, "ENUM_VALUE_RESERVED", `the name ${name.text} is reserved`, "take another name");
  }
}

/** Languages that strip the enum's name from its values must not make one name of two. */
function checkPrefixedNames(context: CheckContext, node: EnumNode): void {
  const prefix = node.name.text.replaceAll("_", "").toLowerCase();
  const used = new Map<string, EnumValueNode>();
  for (const value of node.values) {
    const name = withoutPrefix(value.name.text, prefix);
    const before = used.get(name);
    if (before === undefined) used.set(name, value);
    else if (before.number !== value.number) {
      const message = `${value.name.text} and ${before.name.text} are the same name without case and the prefix ${node.name.text}`;
      context.report(value.name.at, "ENUM_VALUE_CONFLICT", message, "rename one of the two");
    }
  }
}

/** The value's name in lower case without underscores, and without the enum's name if something is left then. */
function withoutPrefix(name: string, prefix: string): string {
  let at = 0;
  for (const letter of prefix) {
    while (name[at] === "_") at++;
    if (name[at]?.toLowerCase() !== letter) return camelKey(name);
    at++;
  }
  while (name[at] === "_") at++;
  return camelKey(at < name.length ? name.slice(at) : name);
}

function camelKey(name: string): string {
  return name
    .toLowerCase()
    .split("_")
    .filter((part) => part !== "")
    .map((part) => part[0]!.toUpperCase() + part.slice(1))
    .join("");
}
