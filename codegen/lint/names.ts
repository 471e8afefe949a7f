import type { Element } from "../model/schema.ts";
import { isLowerSnakeCase, isPascalCase, isUpperSnakeCase } from "./case.ts";
import { type Check, type LintContext, topOf } from "./check.ts";
import { enumsOf, fieldsOf, messagesOf } from "../model/walk.ts";

type Style = "PascalCase" | "lower_snake_case" | "UPPER_SNAKE_CASE";

const fits: Readonly<Record<Style, (name: string) => boolean>> = {
  PascalCase: isPascalCase,
  lower_snake_case: isLowerSnakeCase,
  UPPER_SNAKE_CASE: isUpperSnakeCase,
};

/** A rule about how the names of one kind of element are written. */
function styled(what: string, style: Style, elements: (context: LintContext) => Iterable<Element>): Check {
  return (context) => {
    for (const { name, position } of elements(context)) {
      if (!fits[style](name)) context.report(position, `the name of ${what} ${name} is not ${style}`, `write it in ${style}`);
    }
  };
}

export const enumPascalCase: Check = styled("enum", "PascalCase", ({ file }) => enumsOf(file));
export const messagePascalCase: Check = styled("message", "PascalCase", ({ file }) => messagesOf(file));
export const servicePascalCase: Check = styled("service", "PascalCase", ({ file }) => file.services);
export const rpcPascalCase: Check = styled("command", "PascalCase", ({ file }) => file.services.flatMap(({ commands }) => commands));
export const fieldLowerSnakeCase: Check = styled("field", "lower_snake_case", ({ file }) => fieldsOf(file));
export const oneofLowerSnakeCase: Check = styled("oneof", "lower_snake_case", ({ file }) =>
  [...messagesOf(file)].flatMap(({ oneofs }) => oneofs),
);
export const enumValueUpperSnakeCase: Check = styled("value", "UPPER_SNAKE_CASE", ({ file }) =>
  [...enumsOf(file)].flatMap(({ values }) => values),
);

export const fileLowerSnakeCase: Check = ({ file, report }) => {
  const name = file.name.slice(file.name.lastIndexOf("/") + 1).replace(/\.proto$/, "");
  if (!isLowerSnakeCase(name)) report(topOf(file), `the name of file ${name}.proto is not lower_snake_case`, "rename the file");
};
