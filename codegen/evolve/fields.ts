import type { Extension, Field, Message, Option } from "../model/schema.ts";
import type { Check } from "./rule.ts";
import { fieldPairs, messagePairs } from "./schema-pair.ts";

/** A rule that something about fields stays as it is. */
function same(what: string, of: (field: Field) => string): Check {
  return (schemas, report) => {
    for (const { before, after } of fieldPairs(schemas)) {
      const [was, is] = [of(before), of(after)];
      if (was !== is) report(after.position, `${what} of ${subject(after)} was ${was || "none"} and is ${is || "none"}`);
    }
  };
}

/** A field as people look for it: `field 1 (room) of JoinRequest`. */
export function subject(field: Field | Extension): string {
  const { fullName, name, number } = field;
  const owner = "extendee" in field ? field.extendee : fullName.slice(0, fullName.lastIndexOf("."));
  return `field ${number} (${name}) of ${owner.slice(owner.lastIndexOf(".") + 1)}`;
}

export const fieldSameName: Check = same("the name", ({ name }) => name);
export const fieldSameJsonName: Check = same("the JSON name", ({ jsonName }) => jsonName);
export const fieldSameType: Check = same("the type", typeName);
export const fieldSameOneof: Check = same("the oneof", ({ oneof }) => oneof ?? "");
export const fieldSameCardinality: Check = same("the cardinality", cardinality);
export const fieldSameJstype: Check = same("jstype", ({ options }) => option(options, "jstype"));
export const fieldSameUtf8Validation: Check = (schemas, report) => {
  for (const { before, after } of fieldPairs(schemas)) {
    if (isString(before) && isString(after) && before.validateUtf8 !== after.validateUtf8)
      report(after.position, `UTF-8 validation of ${subject(after)} was ${before.validateUtf8} and is ${after.validateUtf8}`);
  }
};

const isString = ({ value }: Field): boolean => value.kind === "scalar" && value.type === "string";

const option = (options: readonly Option[], name: string): string => String(options.find((each) => each.name === name)?.value ?? "");

/** A type as it is declared: for messages whether they are groups too. */
export function typeName({ value }: Field): string {
  return value.kind === "message" && value.delimited ? `group ${value.type}` : value.type;
}

/** How often a field is there, and whether it says so when it is not. */
export function cardinality({ cardinality: often, presence, value }: Field): string {
  if (often !== "singular") return often;
  return presence === "implicit" && value.kind !== "message"
    ? "optional without presence"
    : presence === "required"
      ? "required"
      : "optional with presence";
}

export const fieldSameDefault: Check = (schemas, report) => {
  for (const { before, after } of fieldPairs(schemas)) {
    const [was, is] = [shownDefault(before), shownDefault(after)];
    if (was !== is) report(after.position, `the default of ${subject(after)} was ${was} and is ${is}`);
  }
};

function shownDefault({ defaultValue }: Field): string {
  return defaultValue instanceof Uint8Array ? Array.from(defaultValue).join(" ") : String(defaultValue ?? "none");
}

export const messageSameRequiredFields: Check = (schemas, report) => {
  for (const { before, after } of messagePairs(schemas)) {
    const was = requiredFields(before);
    const is = requiredFields(after);
    for (const [number, { name }] of was)
      if (!is.has(number)) report(after.position, `required field ${number} (${name}) of ${before.name} is not required any more, or gone`);
    for (const [number, { name, position }] of is)
      if (!was.has(number)) report(position, `field ${number} (${name}) of ${before.name} is required now`);
  }
};

function requiredFields({ fields }: Message): ReadonlyMap<number, Field> {
  return new Map(fields.filter(({ presence }) => presence === "required").map((field) => [field.number, field]));
}
