import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type PageName, type TemplateName, type Templates, templateNames } from "../emit/templates.ts";
import { UsageError } from "./terminal.ts";

/** Templates that make a page each, and are no part of the code's. */
const pages: readonly PageName[] = ["docs", "readme"];

/** The templates of a user's folder. A name that replaces nothing is an error: it would silently do nothing. */
export function loadTemplates(folder: string): Templates {
  const templates: Partial<Record<TemplateName, string>> = {};
  for (const file of list(folder)) {
    const name = path.basename(file, ".hbs");
    if (pages.some((page) => name === page)) continue;
    if (!isTemplateName(name))
      throw new UsageError(`${path.join(folder, file)} replaces no template; there are ${[...templateNames, ...pages].join(", ")}`);
    templates[name] = readFileSync(path.join(folder, file), "utf8");
  }
  return templates;
}

const isTemplateName = (name: string): name is TemplateName => templateNames.some((known) => known === name);

/** The template of a page in a user's folder; undefined when there is none. */
export function loadPageTemplate(folder: string | undefined, page: PageName): string | undefined {
  const file = `${page}.hbs`;
  return folder !== undefined && list(folder).includes(file) ? readFileSync(path.join(folder, file), "utf8") : undefined;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".hbs"));
  } catch (error) {
    throw new UsageError(`the folder of templates ${folder} cannot be read: ${(error as Error).message}`);
  }
}
