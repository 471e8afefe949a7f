import type { Command, OptionSpec } from "./command.ts";

/** How a subcommand is called, in a line. */
export function commandUsage(name: string, { operands, optionalOperands = [], options }: Command): string {
  const optional = optionalOperands.map((operand) => `[${operand}]`);
  return ["zgen", name, ...operands, ...optional, ...(Object.keys(options).length > 0 ? ["[options]"] : [])].join(" ");
}

/** What `zgen NAME --help` prints. */
export function commandHelp(name: string, command: Command): string {
  const options = Object.entries(command.options).map(([option, spec]): [string, string] => [optionUsage(option, spec), spec.help]);
  const rows = columns([...options, ["--help", "print this"]]);
  return `Usage: ${commandUsage(name, command)}\n\n${command.description}\n\nOptions:\n${rows}`;
}

/** What `zgen --help` prints. */
export function overviewHelp(summaries: readonly (readonly [name: string, summary: string])[]): string {
  return [
    "zgen writes typed servers and clients for zserver from .proto files.",
    "",
    "Usage: zgen COMMAND [options]",
    "",
    columns([...summaries, ["--version", "print zgen's own version"]]),
    "",
    "zgen COMMAND --help says more about each.",
  ].join("\n");
}

function optionUsage(name: string, spec: OptionSpec): string {
  return spec.type === "boolean" ? `--${name}` : `--${name} ${spec.value}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
