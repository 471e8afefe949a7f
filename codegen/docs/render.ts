import Handlebars from "handlebars";
import { builtInTemplate } from "../emit/templates.ts";
import type { Schema } from "../model/schema.ts";
import { escapeUnderscores } from "./markdown.ts";
import { docsView } from "./view-of.ts";

/** What is said about a schema beyond what it says itself. */
export interface DocsOptions {
  /** The releases in which things were there first, by full name. */
  readonly since?: ReadonlyMap<string, string> | undefined;
  /** Stands in for zgen's own `docs.hbs`. */
  readonly template?: string | undefined;
}

/** A page of Markdown about a schema. */
export function renderDocs(schema: Schema, { since, template = builtInTemplate("docs") }: DocsOptions = {}): string {
  return renderPage(template, docsView(schema, since));
}

/** A page of Markdown about a view. Templates have the helpers `cell` and `plain`. */
export function renderPage(template: string, view: unknown): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper("cell", cell);
  handlebars.registerHelper("plain", escapeUnderscores);
  return tidy(handlebars.compile(template, { noEscape: true })(view));
}

/** What parts of a template that had nothing to say leave behind: blanks at the ends of lines and cells, and empty lines. */
function tidy(page: string): string {
  const lines = page.replace(/[ \t]+$/gm, "").replace(/ +\|$/gm, " |");
  return `${lines.replace(/\n{3,}/g, "\n\n").trim()}\n`;
}

/** Text for a cell of a table: one line, and no bar that would end it. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
}
