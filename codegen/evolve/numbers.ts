import type { Range } from "../model/schema.ts";
import type { Check } from "./rule.ts";
import { enumPairs, messagePairs, valuesByNumber } from "./schema-pair.ts";

type Unless = "nothing" | "number" | "name";

/** What has numbers and names of its own, and may keep some of either from use. */
interface Reserving {
  readonly reservedNumbers: readonly Range[];
  readonly reservedNames: readonly string[];
}

const holds = (ranges: readonly Range[], number: number): boolean => ranges.some(({ from, to }) => from <= number && number <= to);

function isReserved(unless: Unless, { reservedNumbers, reservedNames }: Reserving, number: number, names: readonly string[]): boolean {
  if (unless === "number") return holds(reservedNumbers, number);
  return unless === "name" && names.every((name) => reservedNames.includes(name));
}

function fieldsKept(unless: Unless): Check {
  return (schemas, report) => {
    for (const { before, after } of messagePairs(schemas)) {
      const there = new Set(after.fields.map(({ number }) => number));
      for (const { name, number } of before.fields) {
        if (!there.has(number) && !isReserved(unless, after, number, [name]))
          report(after.position, `field ${number} (${name}) is gone from ${before.name}${reserving(unless)}`);
      }
    }
  };
}

function valuesKept(unless: Unless): Check {
  return (schemas, report) => {
    for (const { before, after } of enumPairs(schemas)) {
      const there = valuesByNumber(after);
      for (const [number, values] of valuesByNumber(before)) {
        const names = values.map(({ name }) => name);
        if (!there.has(number) && !isReserved(unless, after, number, names))
          report(after.position, `value ${number} (${names.join(", ")}) is gone from ${before.name}${reserving(unless)}`);
      }
    }
  };
}

const reserving = (unless: Unless): string => (unless === "nothing" ? "" : `, and its ${unless} is not reserved`);

export const fieldNoDelete: Check = fieldsKept("nothing");
export const fieldNoDeleteUnlessNumberReserved: Check = fieldsKept("number");
export const fieldNoDeleteUnlessNameReserved: Check = fieldsKept("name");
export const enumValueNoDelete: Check = valuesKept("nothing");
export const enumValueNoDeleteUnlessNumberReserved: Check = valuesKept("number");
export const enumValueNoDeleteUnlessNameReserved: Check = valuesKept("name");

/** Ranges of `before` that the ones after it do not hold whole. */
function uncovered(before: readonly Range[], after: readonly Range[]): readonly Range[] {
  return before.filter(({ from, to }) => !after.some((range) => range.from <= from && to <= range.to));
}

const shown = ({ from, to }: Range): string => (from === to ? `${from}` : `${from} to ${to}`);

export const extensionMessageNoDelete: Check = (schemas, report) => {
  for (const { before, after } of messagePairs(schemas))
    for (const range of uncovered(before.extensionRanges, after.extensionRanges))
      report(after.position, `extensions ${shown(range)} of ${before.name} are gone`);
};

export const reservedMessageNoDelete: Check = (schemas, report) => {
  for (const { before, after } of messagePairs(schemas))
    for (const what of released(before, after)) report(after.position, `${what} of ${before.name} is reserved no more`);
};

export const reservedEnumNoDelete: Check = (schemas, report) => {
  for (const { before, after } of enumPairs(schemas))
    for (const what of released(before, after)) report(after.position, `${what} of ${before.name} is reserved no more`);
};

function released(before: Reserving, after: Reserving): readonly string[] {
  const names = before.reservedNames.filter((name) => !after.reservedNames.includes(name));
  return [...uncovered(before.reservedNumbers, after.reservedNumbers).map(shown), ...names];
}
