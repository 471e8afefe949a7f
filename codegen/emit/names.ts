import type { Extension, Field, File, Message } from "../model/schema.ts";
import { claim, lowerFirst, moduleName, propertyName, upperFirst } from "./identifier.ts";

/** What a message is called in the module of its file. */
export interface MessageNames {
  readonly type: string;
  readonly init: string;
  readonly write: string;
  readonly read: string;
  /** The constant of its stated defaults; empty where it states none. */
  readonly defaults: string;
}

export interface EnumNames {
  readonly type: string;
  /** The guard of a closed enum. */
  readonly guard: string;
}

export interface ExtensionNames {
  readonly extension: string;
  readonly write: string;
  readonly read: string;
  /** The constant of its stated default; empty where it states none. */
  readonly default: string;
}

export interface ServiceNames {
  readonly service: string;
  readonly commands: string;
  /** The constant that holds the commands. */
  readonly commandsValue: string;
  readonly proxy: string;
  readonly handlers: string;
}

/** All names at the top of one generated module, by the full names of the schema. A pure function of the file: importers compute the same. */
export interface FileNames {
  readonly messages: ReadonlyMap<string, MessageNames>;
  readonly enums: ReadonlyMap<string, EnumNames>;
  readonly extensions: ReadonlyMap<string, ExtensionNames>;
  readonly services: ReadonlyMap<string, ServiceNames>;
  /** Every name, so that imports and local variables can keep clear of them. */
  readonly all: ReadonlySet<string>;
}

/** Declared names first, in the order of declaration; what is derived from them gives way with a `$`. */
export function fileNames(file: File): FileNames {
  const taken = new Set<string>();
  const declared = new Map<string, string>();
  const declare = (fullName: string, localName: (name: string) => string = (name) => name): void => {
    const scopes = (file.package === "" ? fullName : fullName.slice(file.package.length + 1)).split(".");
    const name = localName(scopes.pop()!);
    declared.set(fullName, claim(taken, moduleName([...scopes, name].join("_"))));
  };
  const messages = allMessages(file.messages);
  const enums = [...file.enums, ...messages.flatMap((message) => message.enums)];
  const extensions = allExtensions(file);
  for (const { fullName } of [...messages, ...enums, ...file.services]) declare(fullName);
  for (const { fullName } of extensions) declare(fullName, propertyName);
  const derive = (name: string): string => claim(taken, moduleName(name));
  return {
    messages: new Map(messages.map((message) => [message.fullName, messageNames(message, declared.get(message.fullName)!, derive)])),
    enums: new Map(enums.map(({ fullName, closed }) => [fullName, enumNames(declared.get(fullName)!, closed, derive)])),
    extensions: new Map(
      extensions.map((extension) => [extension.fullName, extensionNames(extension, declared.get(extension.fullName)!, derive)]),
    ),
    services: new Map(file.services.map(({ fullName }) => [fullName, serviceNames(declared.get(fullName)!, derive)])),
    all: taken,
  };
}

/** Messages and those within them, outer ones first. */
export function allMessages(messages: readonly Message[]): Message[] {
  return messages.flatMap((message) => [message, ...allMessages(message.messages)]);
}

/** The extensions of a file, those declared within messages last. */
export function allExtensions(file: File): Extension[] {
  return [...file.extensions, ...allMessages(file.messages).flatMap((message) => message.extensions)];
}

function messageNames({ fields }: Message, type: string, derive: (name: string) => string): MessageNames {
  const names = { type, init: derive(`${type}Init`), write: derive(`write${type}`), read: derive(`read${type}`) };
  return { ...names, defaults: fields.some(hasDefault) ? derive(`${type}Defaults`) : "" };
}

/** Whether a field's absence stands for a stated value. A required field is never absent, and an absent oneof has no case. */
export function hasDefault({ defaultValue, presence, oneof }: Field): boolean {
  return defaultValue !== undefined && presence !== "required" && oneof === undefined;
}

function enumNames(type: string, closed: boolean, derive: (name: string) => string): EnumNames {
  return { type, guard: closed ? derive(`is${type}`) : "" };
}

function extensionNames(declared: Extension, extension: string, derive: (name: string) => string): ExtensionNames {
  const [write, read] = ["write", "read"].map((verb) => derive(`${verb}${upperFirst(extension)}`));
  return { extension, write: write!, read: read!, default: hasDefault(declared) ? derive(`${extension}Default`) : "" };
}

function serviceNames(service: string, derive: (name: string) => string): ServiceNames {
  return {
    service,
    commands: derive(`${service}Commands`),
    commandsValue: derive(`${lowerFirst(service)}Commands`),
    proxy: derive(`${service}Proxy`),
    handlers: derive(`${service}Handlers`),
  };
}
