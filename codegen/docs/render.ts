import Handlebars from "handlebars";
import { builtInTemplate } from "../emit/templates.ts";
import type { Schema } from "../model/schema.ts";
import { docsView } from "./view-of.ts";

/**
 * A page of Markdown about a schema.
 *
 * @param template stands in for zgen's own `docs.hbs`
 */
export function renderDocs(schema: Schema, template: string = builtInTemplate("docs")): string {
  return renderPage(template, docsView(schema));
}

/** A page of Markdown about a view. Templates have the helper `cell`. */
export function renderPage(template: string, view: unknown): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper("cell", cell);
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
