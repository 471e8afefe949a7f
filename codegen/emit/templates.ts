import { existsSync, readFileSync } from "node:fs";
import Handlebars from "handlebars";
import type { Code, Imports } from "./imports.ts";

/** The templates by name. A user may replace each of them. */
export const templateNames = [
  "codec",
  "enum",
  "extension",
  "file",
  "message",
  "read-case",
  "service",
  "write-field",
  "write-value",
] as const;

export type TemplateName = (typeof templateNames)[number];

/** Sources of templates that stand in for the built-in ones. */
export type Templates = Readonly<Partial<Record<TemplateName, string>>>;

/** Renders one file's view; what it refers to is imported through `imports`. */
export type Render = (view: unknown, imports: Imports) => string;

/** Names that only types need: their imports are erased. */
const runtimeTypes = new Set(["CallOptions", "Caller", "CommandType", "ExtensionType", "MessageType", "Reader", "ServiceType", "Writer"]);

/**
 * Compiles templates. Two helpers resolve imports while a file is rendered: `use` prints a `Code` of the view, `runtime` a name of the codecs.
 *
 * @param overrides unknown names throw a TypeError
 */
export function compileTemplates(runtimeImport: string, overrides: Templates = {}): Render {
  const unknown = Object.keys(overrides).find((name) => !templateNames.includes(name as TemplateName));
  if (unknown !== undefined) throw new TypeError(`There is no template ${unknown}; there are ${templateNames.join(", ")}`);
  const handlebars = Handlebars.create();
  handlebars.registerHelper("use", (code: Code, options: HelperOptions) => options.data.imports.use(code));
  handlebars.registerHelper("runtime", (name: string, options: HelperOptions) =>
    options.data.imports.use({ module: runtimeImport, name, type: runtimeTypes.has(name) }),
  );
  for (const name of templateNames) {
    handlebars.registerPartial(name, handlebars.compile(overrides[name] ?? builtIn(name), { noEscape: true, strict: false }));
  }
  const file = handlebars.compile("{{> file}}", { noEscape: true });
  return (view, imports) => file(view, { data: { imports } });
}

interface HelperOptions {
  readonly data: { readonly imports: Imports };
}

/** The folder of built-in templates: beside the built package, or at the top of the repository. */
const folder: URL = [new URL("./templates/", import.meta.url), new URL("../../templates/", import.meta.url)].find((url) =>
  existsSync(url),
)!;

function builtIn(name: TemplateName): string {
  return readFileSync(new URL(`${name}.hbs`, folder), "utf8");
}
