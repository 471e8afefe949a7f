import { availableParallelism, cpus } from "node:os";
import { isSteady } from "./figure.ts";
import type { Row } from "./rounds.ts";

/** What a measurement found. */
export interface Report {
  readonly unit: string;
  /** Whether larger figures are better. */
  readonly more: boolean;
  /** The contender that the others are compared with. */
  readonly subject: string | undefined;
  readonly rows: readonly Row[];
  /** What the reader has to know: peers that are not installed, for example. */
  readonly notes: readonly string[];
}

/** What it was measured with. */
export const machine: string = `Node ${process.version}, ${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores, ${process.platform}`;

export function asJson(command: string, report: Report): string {
  const rows = report.rows.map(({ name, figures }) => ({
    name,
    figures: Object.fromEntries([...figures].map(([contender, figure]) => [contender, { ...figure, steady: isSteady(figure) }])),
  }));
  return JSON.stringify({ command, machine, ...report, rows }, undefined, 2);
}

export function asText(command: string, report: Report): string {
  const { unit, subject } = report;
  const lines = [`${command}: ${machine}`, ...report.notes];
  for (const { name, figures } of report.rows) {
    const ours = subject === undefined ? undefined : figures.get(subject);
    lines.push("", `${name.padEnd(32)}${["median", "min", "max"].map((head) => head.padStart(12)).join("")}  ${unit}`);
    for (const [contender, figure] of figures) {
      const { median, min, max } = figure;
      const shown = isSteady(figure) ? [median, min, max].map((value) => format(value).padStart(12)).join("") : "  unsteady".padEnd(36);
      lines.push(
        `  ${contender.padEnd(30)}${shown}${ours === undefined || contender === subject ? "" : ratio(ours.median, median, report)}`,
      );
    }
  }
  return lines.join("\n");
}

/** How much better the subject is. */
function ratio(ours: number, theirs: number, { subject, more }: Report): string {
  return `  ${subject} is ${(more ? ours / theirs : theirs / ours).toFixed(2)}×`;
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
