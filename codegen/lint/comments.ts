import type { Element } from "../model/schema.ts";
import type { Check, LintContext } from "./check.ts";
import { enumsOf, fieldsOf, messagesOf } from "../model/walk.ts";

/** A rule that elements of one kind have a comment: it becomes the documentation of what is generated. */
function commented(what: string, elements: (context: LintContext) => Iterable<Element>): Check {
  return (context) => {
    for (const { name, comment, position } of elements(context))
      if (comment.trim() === "") context.report(position, `${what} ${name} has no comment`, "say before it what it is for");
  };
}

export const commentEnum: Check = commented("enum", ({ file }) => enumsOf(file));
export const commentEnumValue: Check = commented("value", ({ file }) => [...enumsOf(file)].flatMap(({ values }) => values));
export const commentField: Check = commented("field", ({ file }) => fieldsOf(file));
export const commentMessage: Check = commented("message", ({ file }) => messagesOf(file));
export const commentOneof: Check = commented("oneof", ({ file }) => [...messagesOf(file)].flatMap(({ oneofs }) => oneofs));
export const commentRpc: Check = commented("command", ({ file }) => file.services.flatMap(({ commands }) => commands));
export const commentService: Check = commented("service", ({ file }) => file.services);
