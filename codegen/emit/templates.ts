import { existsSync, readFileSync } from "node:fs";
import Handlebars from "handlebars";
import type { Code, Imports } from "./imports.ts";

/** The templates by name. A user may replace each of them. */
export const templateNames = [
  "codec",
  "codec-export",
  "enum",
  "extension",
  "file",
  "initial",
  "json-case",
  "json-choice",
  "json-enum",
  "json-extension",
  "json-file",
  "json-member",
  "json-message",
  "message",
  "read-case",
  "read-field",
  "read-next",
  "read-value",
  "release",
  "releases",
  "service",
  "write-field",
  "write-value",
] as const;

export type TemplateName = (typeof templateNames)[number];

/** Sources of templates that stand in for the built-in ones. */
export type Templates = Readonly<Partial<Record<TemplateName, string>>>;

/** What a template is rendered as; it is also what the file's name ends with. */
export type Language = "ts" | "js" | "d.ts";

/** Which parts of a template belong to a language: block helpers of these names leave out what does not. */
const parts: Readonly<Record<"types" | "code" | "declarations", readonly Language[]>> = {
  /** Types, and statements that are erased. */
  types: ["ts", "d.ts"],
  /** What runs. */
  code: ["ts", "js"],
  /** What stands where the code would. */
  declarations: ["d.ts"],
};

/** Renders one file's view with the template that is named; what it refers to is imported through `imports`. */
export type Render = (
  template: "file" | "json-file" | "release" | "releases",
  view: unknown,
  imports: Imports,
  language: Language,
) => string;

/** The modules of the codecs, of blobs and of JSON. */
export interface RuntimeImports {
  readonly runtime: string;
  readonly blob: string;
  readonly json: string;
}

/** Names that only types need: their imports are erased. */
const runtimeTypes = new Set(
  words(`
    BlobCallOptions BlobCommandType CallOptions Caller CommandType Documented Draft Extensible ExtensionType FromJsonOptions JsonEnum JsonExtension JsonKey JsonReader JsonType
    JsonValue JsonWriter MessageType Reader ReleasedSchema SchemaRelease ServiceType ToJsonOptions Writer`),
);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/**
 * Compiles templates. Helpers resolve imports while a file is rendered: `use` prints a `Code` of the view, `runtime` a name of the codecs,
 * `blob` one of what blobs need, `json` one of JSON. Three blocks, `types`, `code` and `declarations`, hold what only some languages have.
 *
 * @param overrides unknown names throw a TypeError
 */
export function compileTemplates(modules: RuntimeImports, overrides: Templates = {}): Render {
  const key = JSON.stringify([modules, overrides]);
  if (latest?.key !== key) latest = { key, render: compileAll(modules, overrides) };
  return latest.render;
}

/** What was compiled last: `--watch` asks for the same again and again. */
let latest: { readonly key: string; readonly render: Render } | undefined;

function compileAll(modules: RuntimeImports, overrides: Templates): Render {
  const unknown = Object.keys(overrides).find((name) => !templateNames.includes(name as TemplateName));
  if (unknown !== undefined) throw new TypeError(`There is no template ${unknown}; there are ${templateNames.join(", ")}`);
  const handlebars = Handlebars.create();
  handlebars.registerHelper("use", (code: Code, options: HelperOptions) => options.data.imports.use(code));
  for (const module of ["runtime", "blob", "json"] as const) {
    handlebars.registerHelper(module, (name: string, options: HelperOptions) =>
      options.data.imports.use({ module: modules[module], name, type: runtimeTypes.has(name) }),
    );
  }
  for (const [part, languages] of Object.entries(parts)) {
    handlebars.registerHelper(part, function (this: unknown, options: BlockOptions) {
      return languages.includes(options.data.language) ? options.fn(this) : "";
    });
  }
  for (const name of templateNames) {
    handlebars.registerPartial(name, handlebars.compile(overrides[name] ?? builtInTemplate(name), compilerOptions));
  }
  const compile = (name: TemplateName) => handlebars.compile(`{{> ${name}}}`, compilerOptions);
  const whole = { file: compile("file"), "json-file": compile("json-file"), release: compile("release"), releases: compile("releases") };
  return (template, view, imports, language) => whole[template](view, { data: { imports, language } });
}

/** Names that are no helpers are properties of the view, and need not be looked for elsewhere: that is most of what rendering costs. */
const compilerOptions = {
  noEscape: true,
  knownHelpersOnly: true,
  knownHelpers: { use: true, runtime: true, blob: true, json: true, types: true, code: true, declarations: true },
};

interface HelperOptions {
  readonly data: { readonly imports: Imports; readonly language: Language };
}

interface BlockOptions extends HelperOptions {
  fn(view: unknown): string;
}

/** The folder of built-in templates: beside the built package, or at the top of the repository. */
const folder: URL = [new URL("./templates/", import.meta.url), new URL("../../templates/", import.meta.url)].find((url) =>
  existsSync(url),
)!;

/** Pages of Markdown, each a template that stands alone. */
export type PageName = "docs" | "readme";

/** The source of one of zgen's own templates. */
export function builtInTemplate(name: TemplateName | PageName): string {
  return readFileSync(new URL(`${name}.hbs`, folder), "utf8");
}
