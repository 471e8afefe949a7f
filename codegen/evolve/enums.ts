import type { Check } from "./rule.ts";
import { enumPairs, valuesByNumber } from "./schema-pair.ts";

export const enumSameType: Check = (schemas, report) => {
  for (const { before, after } of enumPairs(schemas))
    if (before.closed !== after.closed)
      report(after.position, `enum ${after.name} was ${before.closed ? "closed" : "open"} and is not any more`);
};

export const enumValueSameName: Check = (schemas, report) => {
  for (const { before, after } of enumPairs(schemas)) {
    const there = valuesByNumber(after);
    for (const [number, values] of valuesByNumber(before)) {
      const now = there.get(number);
      if (now === undefined) continue;
      const gone = values.filter(({ name }) => !now.some((value) => value.name === name));
      if (gone.length > 0)
        for (const { position, name } of now)
          report(position, `value ${number} of ${after.name} was called ${values.map((value) => value.name).join(", ")} and is ${name}`);
    }
  }
};
