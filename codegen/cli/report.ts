import { existsSync } from "node:fs";
import path from "node:path";
import { type Diagnostic, formatDiagnostic } from "../model/diagnostic.ts";
import type { Position } from "../model/schema.ts";
import type { Config } from "./config.ts";
import type { Terminal } from "./terminal.ts";

/** How subcommands say what is wrong with schemas. */
export const formatOption = {
  type: "string",
  value: "FORMAT",
  choices: ["text", "json", "github"],
  help: "how to report: text (the default), json, or annotations of a GitHub workflow",
} as const;

/** How subcommands say what they found out, where that is not about a line of a schema. */
export const reportFormat = {
  type: "string",
  value: "FORMAT",
  choices: ["text", "json"],
  help: "how to report: text (the default) or json",
} as const;

/** Findings of a check, in the asked format, and for people how many there are. */
export function reportFindings(
  terminal: Terminal,
  format: string | undefined,
  findings: readonly Diagnostic[],
  config: Config,
  asText?: (diagnostic: Diagnostic) => string,
): void {
  if (format === "json") terminal.out(JSON.stringify({ diagnostics: placeAll(findings, terminal, config) }));
  else {
    printDiagnostics(terminal, format, findings, config, asText);
    if (findings.length > 0) terminal.err(count(findings.length, "finding"));
  }
}

/**
 * A line for each diagnostic, in one of the formats that have lines.
 *
 * @param asText how it reads where that is the format
 */
export function printDiagnostics(
  terminal: Terminal,
  format: string | undefined,
  diagnostics: readonly Diagnostic[],
  config: Config,
  asText: (diagnostic: Diagnostic) => string = formatDiagnostic,
): void {
  for (const diagnostic of placeAll(diagnostics, terminal, config)) {
    if (format === "github") terminal.out(formatAnnotation(diagnostic));
    else terminal.err(asText(diagnostic));
  }
}

/** Names files as the person at this terminal would: schemas know each other by their names below a root. */
export function placeAll<Placed extends { readonly position: Position | undefined }>(
  all: readonly Placed[],
  terminal: Terminal,
  config: Config,
): readonly Placed[] {
  return all.map((each) => {
    if (each.position === undefined) return each;
    const { file } = each.position;
    const root = config.roots.find(({ folder }) => existsSync(path.join(folder, file)));
    if (root === undefined) return each;
    return { ...each, position: { ...each.position, file: path.relative(terminal.cwd, path.join(root.folder, file)) } };
  });
}

/** A workflow command of GitHub Actions, which shows the message at its line of a pull request. */
export function formatAnnotation({ position: { file, line, column }, rule, message, remedy }: Diagnostic): string {
  return `::error file=${escapeProperty(file)},line=${line},col=${column},title=${rule}::${escapeData(`${message} (${remedy})`)}`;
}

const escapeData = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
