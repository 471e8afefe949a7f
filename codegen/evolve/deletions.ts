import type { File, Message } from "../model/schema.ts";
import type { Check } from "./rule.ts";
import { messagesOf } from "../model/walk.ts";
import { filePairs, messagePairs, type Placed, servicePairs, topOf, type SchemaIndex } from "./schema-pair.ts";

interface Named {
  readonly name: string;
  readonly fullName: string;
}

/** Elements of one kind, with their names below the package: a file may change its package. */
function localNames(file: File, elements: (scope: File | Message) => readonly Named[]): ReadonlyMap<string, Named> {
  const scopes = [file, ...messagesOf(file)];
  return new Map(scopes.flatMap(elements).map((element) => [local(element.fullName, file), element]));
}

const local = (fullName: string, file: File): string => (file.package === "" ? fullName : fullName.slice(file.package.length + 1));

/** A rule that a file keeps what it declared. */
function keptInFile(what: string, elements: (scope: File | Message) => readonly Named[]): Check {
  return (schemas, report) => {
    for (const { before, after } of filePairs(schemas)) {
      const there = localNames(after, elements);
      const messages = new Map([...messagesOf(after)].map((message) => [local(message.fullName, after), message]));
      for (const name of localNames(before, elements).keys()) {
        const outer = messages.get(name.slice(0, Math.max(0, name.lastIndexOf("."))));
        if (!there.has(name)) report(outer?.position ?? topOf(after.name), `${what} ${name} is gone from its file`);
      }
    }
  };
}

export const messageNoDelete: Check = keptInFile("message", ({ messages }) => messages);
export const enumNoDelete: Check = keptInFile("enum", ({ enums }) => enums);
export const extensionNoDelete: Check = keptInFile("extension", ({ extensions }) => extensions);
export const serviceNoDelete: Check = keptInFile("service", (scope) => ("services" in scope ? scope.services : []));

export const packageNoDelete: Check = ({ before, after }, report) => {
  const there = after.packages();
  for (const [name, file] of firstFiles(before)) if (!there.has(name)) report(topOf(file), `package ${name || "without a name"} is gone`);
};

function firstFiles(schema: SchemaIndex): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const file of schema.files.values()) if (!files.has(file.package)) files.set(file.package, file.name);
  return files;
}

/** A rule that a package keeps what it declared, in whichever file. */
function keptInPackage(
  what: string,
  elements: (schema: SchemaIndex) => ReadonlyMap<string, Placed<Named>>,
  looks = (after: SchemaIndex): ReadonlySet<string> => after.packages(),
): Check {
  return ({ before, after }, report) => {
    const packages = looks(after);
    const there = elements(after);
    for (const [name, { file }] of elements(before))
      if (packages.has(file.package) && !there.has(name)) report(topOf(file.name), `${what} ${name} is gone from its package`);
  };
}

export const packageMessageNoDelete: Check = keptInPackage("message", ({ messages }) => messages);
export const packageEnumNoDelete: Check = keptInPackage("enum", ({ enums }) => enums);
/** As buf has it, a package that has no extension left is not looked at. */
export const packageExtensionNoDelete: Check = keptInPackage(
  "extension",
  ({ extensions }) => extensions,
  ({ extensions }) => new Set([...extensions.values()].map(({ file }) => file.package)),
);
export const packageServiceNoDelete: Check = keptInPackage("service", ({ services }) => services);

export const rpcNoDelete: Check = (schemas, report) => {
  for (const { before, after } of servicePairs(schemas)) {
    const there = new Set(after.commands.map(({ name }) => name));
    for (const { name } of before.commands) if (!there.has(name)) report(after.position, `command ${before.name}.${name} is gone`);
  }
};

export const oneofNoDelete: Check = (schemas, report) => {
  for (const { before, after } of messagePairs(schemas)) {
    const there = new Set(after.oneofs.map(({ name }) => name));
    for (const { name } of before.oneofs) if (!there.has(name)) report(after.position, `oneof ${name} is gone from ${before.name}`);
  }
};
