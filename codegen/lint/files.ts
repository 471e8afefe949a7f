import type { Extension, Field, File, Option, Schema } from "../model/schema.ts";
import { type Check, topOf } from "./check.ts";
import { enumsOf, extensionsOf, fieldsOf, messagesOf } from "../model/walk.ts";

export const syntaxSpecified: Check = ({ file, report }) => {
  if (file.syntaxPosition === undefined) report(topOf(file), "the file does not say its syntax", 'begin with syntax = "proto3";');
};

export const importNoPublic: Check = ({ file, report }) => {
  for (const each of file.imports)
    if (each.public) report(each.position, `the import of ${each.file} is public`, "let those who need its types import it themselves");
};

export const importUsed: Check = ({ file, schema, report }) => {
  const used = filesUsedBy(file, schema);
  for (const { file: name, position, public: reexported } of file.imports) {
    if (!reexported && !reachedBy(name, schema).some((each) => used.has(each)))
      report(position, `nothing of ${name} is used`, "remove the import");
  }
};

export const fieldNotRequired: Check = ({ file, report }) => {
  for (const field of fieldsOf(file))
    if (field.presence === "required")
      report(field.position, `field ${field.name} is required`, "make it optional: a required field can never be removed");
};

/** A file and what it hands on by public imports. */
function reachedBy(name: string, schema: Schema): readonly string[] {
  const reached = [name];
  for (const each of reached) {
    const imports = schema.files.find((file) => file.name === each)?.imports ?? [];
    for (const next of imports) if (next.public && !reached.includes(next.file)) reached.push(next.file);
  }
  return reached;
}

/** The files whose types and options a file names. */
function filesUsedBy(file: File, schema: Schema): ReadonlySet<string> {
  const homes = homesOf(schema);
  const names = [
    ...typesNamedBy(file),
    ...optionsOf(file).flatMap(({ name }) => [...name.matchAll(/\(([^)]+)\)/g)].map(([, extension]) => extension!)),
  ];
  return new Set(names.map((name) => homes.get(name)).filter((home) => home !== undefined));
}

/** In which file each type and extension is declared. */
function homesOf(schema: Schema): ReadonlyMap<string, string> {
  const homes = new Map<string, string>();
  for (const file of schema.files)
    for (const each of [...messagesOf(file), ...enumsOf(file), ...extensionsOf(file)]) homes.set(each.fullName, file.name);
  return homes;
}

function typesNamedBy(file: File): readonly string[] {
  const ofFields = [...fieldsOf(file)].map(({ value }) => value.type);
  const extended = [...extensionsOf(file)].map(({ extendee }: Extension) => extendee);
  const ofCommands = file.services.flatMap(({ commands }) =>
    commands.flatMap(({ request, response, zserver }) => [request, response, ...zserver.errors]),
  );
  return [...ofFields, ...extended, ...ofCommands];
}

function optionsOf(file: File): readonly Option[] {
  const messages = [...messagesOf(file)];
  const enums = [...enumsOf(file)];
  const carriers: readonly { readonly options: readonly Option[] }[] = [
    file,
    ...messages,
    ...[...fieldsOf(file)].map((field: Field) => field),
    ...enums,
    ...enums.flatMap(({ values }) => values),
    ...file.services,
    ...file.services.flatMap(({ commands }) => commands),
  ];
  return carriers.flatMap(({ options }) => options);
}
