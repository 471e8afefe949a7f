import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type TemplateName, type Templates, templateNames } from "../emit/templates.ts";
import { UsageError } from "./terminal.ts";

const DOCS_TEMPLATE = "docs.hbs";

/** The templates of a user's folder. A name that replaces nothing is an error: it would silently do nothing. */
export function loadTemplates(folder: string): Templates {
  const templates: Partial<Record<TemplateName, string>> = {};
  for (const file of list(folder)) {
    if (file === DOCS_TEMPLATE) continue;
    const name = path.basename(file, ".hbs") as TemplateName;
    if (!templateNames.includes(name))
      throw new UsageError(`${path.join(folder, file)} replaces no template; there are ${[...templateNames, "docs"].join(", ")}`);
    templates[name] = readFileSync(path.join(folder, file), "utf8");
  }
  return templates;
}

/** The template of `zgen docs` in a user's folder; undefined when there is none. */
export function loadDocsTemplate(folder: string): string | undefined {
  return list(folder).includes(DOCS_TEMPLATE) ? readFileSync(path.join(folder, DOCS_TEMPLATE), "utf8") : undefined;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".hbs"));
  } catch (error) {
    throw new UsageError(`the folder of templates ${folder} cannot be read: ${(error as Error).message}`);
  }
}
