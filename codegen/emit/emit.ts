import type { Extension, File, Schema } from "../model/schema.ts";
import { toHex } from "../../runtime/bytes/hex.ts";
import { docComment, lineComment } from "./comment.ts";
import type { EmissionMemory } from "./emission-memory.ts";
import { emitRelease } from "./emit-release.ts";
import { type EmittedRelease, emitReleases } from "./emit-releases.ts";
import { claim } from "./identifier.ts";
import { Imports } from "./imports.ts";
import { emitJson } from "./json/emit-json.ts";
import { JsonSchemaScope, JsonScope } from "./json/json-scope.ts";
import { localNames } from "./message-scope.ts";
import { enumView, isMessageSet, messageView } from "./message-view.ts";
import { extensionView } from "./extension-view.ts";
import { allExtensions, allMessages } from "./names.ts";
import { emittedFiles } from "./reachable.ts";
import { builtInFiles, FileScope, modulePath, SchemaScope } from "./scope.ts";
import { serviceView } from "./service-view.ts";
import { compileTemplates, type Language, type Render, type Templates } from "./templates.ts";
import type { FileView } from "./view.ts";

export interface EmitOptions {
  /** Behind relative imports: what the user's module resolution wants. */
  readonly importExtension: ".js" | ".ts" | "";
  /** TypeScript, or JavaScript with declarations beside it. Default: `ts`. */
  readonly emit?: "ts" | "js" | undefined;
  /** The module of the codecs. Default: `zserver/codec`. */
  readonly runtimeImport?: string | undefined;
  /** Writes modules for protobuf's JSON format too, beside those of the messages. Default: false. */
  readonly json?: boolean | undefined;
  /** The module of blobs. Default: `zserver/blob`. */
  readonly blobImport?: string | undefined;
  /** The module of the runtime's part of JSON. Default: `zserver/json`. */
  readonly jsonImport?: string | undefined;
  /** Sources of templates that stand in for the built-in ones. */
  readonly templates?: Templates | undefined;
  /** Told of each file that was emitted, not of those whose modules are as they were. */
  readonly onFile?: ((name: string) => void) | undefined;
  /** What was emitted before, where this is one of many rounds, and the texts that the schema was read from. */
  readonly since?: { readonly memory: EmissionMemory; readonly texts: ReadonlyMap<string, string> } | undefined;
  /** The semantic version of the release that the schema is. Default: none. */
  readonly version?: string | undefined;
  /** What was released of the schema, oldest first: servers are told of it. Default: nothing ever was. */
  readonly releases?: readonly EmittedRelease[] | undefined;
  /** Writes code for the built-in files too: only the runtime itself needs that. Default: false. */
  readonly builtIns?: boolean | undefined;
}

/** One generated file. */
export interface EmittedFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

const optionNames: ReadonlySet<string> = new Set([
  "emit",
  "importExtension",
  "runtimeImport",
  "blobImport",
  "json",
  "jsonImport",
  "templates",
  "onFile",
  "since",
  "version",
  "releases",
  "builtIns",
] satisfies (keyof EmitOptions)[]);

/** The generated code of a schema, sorted by path. The same schema and options give the same bytes. Throws TypeError for unknown options. */
export function emitSchema(schema: Schema, options: EmitOptions): EmittedFile[] {
  const unknown = Object.keys(options).find((name) => !optionNames.has(name));
  if (unknown !== undefined) throw new TypeError(`Unknown option ${unknown} of emitSchema`);
  const { since } = options;
  const scope = schemaScope(schema, options);
  const emitted = emittedFiles(schema, scope);
  const render = compileTemplates(
    { runtime: scope.naming.runtimeImport, blob: scope.naming.blobImport, json: jsonImportOf(options) },
    options.templates,
  );
  const emit = fileEmitter(schema, scope, emitted, render, options);
  const texts = since && withDescriptions(since.texts, emitted, scope);
  const circumstances = JSON.stringify([
    { ...options, since: undefined, releases: undefined },
    schema.files.map(({ name }) => name),
    [...emitted].map(({ name }) => name),
  ]);
  const before = since?.memory.unchanged(schema.files, texts!, circumstances);
  const modules = new Map([...emitted].map((file) => [file.name, before?.get(file.name) ?? emit(file)]));
  since?.memory.keep(texts!, circumstances, modules);
  const hasServices = [...emitted].some(({ services }) => services.length > 0);
  const release = hasServices ? emitRelease(scope, options.version ?? "", render, languagesOf(options)) : [];
  const releases = options.releases && emitReleases(scope, options.releases, render, languagesOf(options));
  return [...modules.values(), release, releases ?? []].flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The texts with what else decides the code of a file: its services describe messages that any file may extend. */
function withDescriptions(texts: ReadonlyMap<string, string>, emitted: ReadonlySet<File>, scope: SchemaScope): ReadonlyMap<string, string> {
  const all = new Map(texts);
  for (const { name, services } of emitted) {
    const fingerprints = services.map(({ fullName }) => toHex(scope.fingerprints.services.get(fullName)!.fingerprint));
    all.set(name, [texts.get(name), ...fingerprints].join("\0"));
  }
  return all;
}

function jsonImportOf({ jsonImport = "zserver/json" }: EmitOptions): string {
  return jsonImport;
}

function languagesOf({ emit }: EmitOptions): readonly Language[] {
  return emit === "js" ? ["js", "d.ts"] : ["ts"];
}

function schemaScope(
  schema: Schema,
  { importExtension, runtimeImport = "zserver/codec", blobImport = "zserver/blob", builtIns }: EmitOptions,
): SchemaScope {
  return new SchemaScope(schema, { importExtension, runtimeImport, blobImport, builtIn: builtIns ? new Set() : builtInFiles });
}

/** Makes the modules of one file: its own, that of its JSON, and in every language. */
function fileEmitter(
  schema: Schema,
  scope: SchemaScope,
  emitted: ReadonlySet<File>,
  render: Render,
  options: EmitOptions,
): (file: File) => EmittedFile[] {
  const json = options.json ? new JsonSchemaScope(scope, schema.files, jsonImportOf(options)) : undefined;
  const languages = languagesOf(options);
  return (file) => {
    options.onFile?.(file.name);
    return languages.flatMap((language) => {
      const own = emitFile(new FileScope(file, scope), emitted, render, language);
      return json ? [own, ...emitJson(new JsonScope(file, json), emittedExtensions(file, scope, emitted), render, language)] : [own];
    });
  };
}

function emitFile(scope: FileScope, emitted: ReadonlySet<File>, render: Render, language: Language): EmittedFile {
  const { file } = scope;
  const taken = new Set([...scope.names.all, ...localNames]);
  const view = fileView(scope, emitted, claim(taken, "Data"));
  const imports = new Imports(taken);
  const body = render("file", view, imports, language).trimEnd();
  const head = `// Generated by zgen from ${view.source}. Do not edit.\n${view.doc === "" ? "" : `${view.doc}\n`}${imports.render()}`;
  return { path: `${modulePath(file.name)}.${language}`, text: `${head}${body === "" ? "export {};" : `\n${body}`}\n` };
}

/**
 * @param emitted the files that code is written for: extensions of other files' messages are left out
 * @param data the type parameter of handlers
 */
function fileView(scope: FileScope, emitted: ReadonlySet<File>, data: string): FileView {
  const { file } = scope;
  const extensions = emittedExtensions(file, scope.schema, emitted);
  return {
    source: lineComment(file.name),
    doc: docComment(file.comment),
    enums: file.enums.map((enumeration) => enumView(enumeration, scope)),
    messages: allMessages(file.messages).map((message) => messageView(message, scope)),
    extensions: extensions.map((extension) => extensionView(extension, scope)),
    services: file.services.map((service) => serviceView(service, data, scope)),
  };
}

/** The extensions of a file that code is written for. */
function emittedExtensions(file: File, schema: SchemaScope, emitted: ReadonlySet<File>): Extension[] {
  return allExtensions(file).filter(({ extendee }) => {
    const { file: home, message } = schema.message(extendee);
    return emitted.has(home) && !isMessageSet(message);
  });
}
