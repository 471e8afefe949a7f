import type { File } from "../../model/schema.ts";
import { claim, lowerFirst, moduleName } from "../identifier.ts";
import { allMessages, type FileNames } from "../names.ts";
import { specialForms } from "./special.ts";

/** What the JSON of a message is called in the module of its file's JSON. */
export interface JsonMessageNames {
  /** The constant that registries take. */
  readonly json: string;
  readonly toJson: string;
  readonly fromJson: string;
  /** The functions; empty where the runtime has them. */
  readonly write: string;
  readonly read: string;
}

export type JsonEnumNames = Pick<JsonMessageNames, "json" | "write" | "read">;

/** All names at the top of one module of JSON, by the full names of the schema. */
export interface JsonFileNames {
  readonly messages: ReadonlyMap<string, JsonMessageNames>;
  readonly enums: ReadonlyMap<string, JsonEnumNames>;
  /** Constants that registries take. */
  readonly extensions: ReadonlyMap<string, string>;
  readonly all: ReadonlySet<string>;
}

/** The names give way to those of the file's own module, so that both may be imported side by side. */
export function jsonFileNames(file: File, names: FileNames): JsonFileNames {
  const taken = new Set(names.all);
  const all = new Set<string>();
  const derive = (name: string): string => {
    const free = claim(taken, moduleName(name));
    all.add(free);
    return free;
  };
  const codec = (fullName: string, type: string): JsonEnumNames => {
    const json = derive(`${type}Json`);
    if (specialForms.has(fullName)) return { json, write: "", read: "" };
    return { json, write: derive(`write${type}Json`), read: derive(`read${type}Json`) };
  };
  const messages = allMessages(file.messages);
  const enums = [...file.enums, ...messages.flatMap((message) => message.enums)];
  return {
    messages: new Map(
      messages.map(({ fullName }) => {
        const { type } = names.messages.get(fullName)!;
        const first = lowerFirst(type);
        return [fullName, { ...codec(fullName, type), toJson: derive(`${first}ToJson`), fromJson: derive(`${first}FromJson`) }];
      }),
    ),
    enums: new Map(enums.map(({ fullName }) => [fullName, codec(fullName, names.enums.get(fullName)!.type)])),
    extensions: new Map([...names.extensions].map(([fullName, { extension }]) => [fullName, derive(`${extension}Json`)])),
    all,
  };
}
