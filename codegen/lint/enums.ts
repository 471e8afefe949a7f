import { toUpperSnakeCase } from "./case.ts";
import type { Check } from "./check.ts";
import { enumsOf } from "../model/walk.ts";

export const enumFirstValueZero: Check = ({ file, report }) => {
  for (const { name, values } of enumsOf(file)) {
    const first = values[0];
    if (first !== undefined && first.number !== 0)
      report(first.position, `the first value of ${name} is ${first.number}`, "begin with the value 0, which stands for what was not said");
  }
};

export const enumNoAllowAlias: Check = ({ file, report }) => {
  for (const { name, options } of enumsOf(file)) {
    const option = options.find((each) => each.name === "allow_alias" && each.value === true);
    if (option !== undefined)
      report(option.position, `${name} allows two names for one value`, "remove allow_alias, and all but one of the names");
  }
};

/** Values of an enum share a scope with the enum's neighbours in protobuf, hence the prefix. */
export const enumValuePrefix: Check = ({ file, report }) => {
  for (const { name, values } of enumsOf(file)) {
    const prefix = `${toUpperSnakeCase(name)}_`;
    for (const value of values)
      if (!value.name.startsWith(prefix))
        report(value.position, `${value.name} does not begin with ${prefix}`, `call it ${prefix}${value.name}`);
  }
};

export const enumZeroValueSuffix: Check = ({ file, settings: { zeroValueSuffix }, report }) => {
  for (const { name, values } of enumsOf(file)) {
    for (const value of values) {
      if (value.number === 0 && !value.name.endsWith(zeroValueSuffix))
        report(
          value.position,
          `the value 0 of ${name} does not end with ${zeroValueSuffix}`,
          `call it ${toUpperSnakeCase(name)}${zeroValueSuffix}`,
        );
    }
  }
};
