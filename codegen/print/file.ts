import type { Command, File, Service } from "../model/schema.ts";
import { block } from "./lines.ts";
import { quote } from "./literal.ts";
import { enumLines, memberLines } from "./message.ts";
import { optionLines } from "./option.ts";
import type { OptionTypes } from "./option-types.ts";

/**
 * A file of the model as `.proto` text, one element a line: what zgen reads from it is the same model, except for comments, positions, and what the model leaves
 * out (options of oneofs and of extension ranges). The same file gives the same bytes.
 */
export function printFile(file: File, types: OptionTypes): string {
  return `${[...fileLines(file, types)].join("\n")}\n`;
}

function* fileLines(file: File, types: OptionTypes): Generator<string> {
  const context = { syntax: file.syntax, types };
  yield file.syntax === "2023" ? 'edition = "2023";' : `syntax = "${file.syntax}";`;
  if (file.package !== "") yield `package ${file.package};`;
  for (const { file: name, public: isPublic } of file.imports) yield `import ${isPublic ? "public " : ""}${quote(name)};`;
  yield* optionLines(file.options, "File", types);
  for (const service of file.services) yield* block(`service ${service.name}`, serviceBody(service, types));
  for (const each of file.enums) yield* enumLines(each, context);
  yield* memberLines(file, context);
}

function* serviceBody({ options, commands }: Service, types: OptionTypes): Generator<string> {
  yield* optionLines(options, "Service", types);
  for (const command of commands) yield* commandLines(command, types);
}

function* commandLines(command: Command, types: OptionTypes): Generator<string> {
  const { name, request, requestStream, response, responseStream, options } = command;
  const stream = (type: string, isStream: boolean): string => `${isStream ? "stream " : ""}.${type}`;
  const head = `rpc ${name}(${stream(request, requestStream)}) returns (${stream(response, responseStream)})`;
  if (options.length === 0) yield `${head};`;
  else yield* block(head, optionLines(options, "Method", types));
}
