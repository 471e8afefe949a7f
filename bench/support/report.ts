import { availableParallelism, cpus } from "node:os";
import { isSteady } from "./figure.ts";
import type { Metric, Row } from "./rounds.ts";

/** What a measurement found. */
export interface Report {
  /** The contender that the others are compared with. */
  readonly subject: string | undefined;
  readonly rows: readonly Row[];
  /** What the reader has to know: peers that are not installed, for example. */
  readonly notes: readonly string[];
}

/** What Node was told, but for the loader of the benchmark's own sources: the flags of V8 that a figure depends on. */
const flags = [
  process.env.NODE_OPTIONS ?? [],
  process.execArgv.filter((flag) => !["--import", "tsx", "--conditions=source"].includes(flag)),
].flat();

/** What it was measured with. */
export const machine: string = [
  `Node ${process.version}`,
  cpus()[0]?.model.trim() ?? "unknown",
  `${availableParallelism()} cores`,
  process.platform,
  `flags of Node and V8: ${flags.length === 0 ? "none" : flags.join(" ")}`,
].join(", ");

export function asJson(command: string, report: Report): string {
  const rows = report.rows.map(({ name, metric, figures }) => ({
    name,
    metric,
    figures: Object.fromEntries([...figures].map(([contender, figure]) => [contender, { ...figure, steady: isSteady(figure) }])),
  }));
  return JSON.stringify({ command, machine, ...report, rows }, undefined, 2);
}

export function asText(command: string, { subject, rows, notes }: Report): string {
  const lines = [`${command}: ${machine}`, ...notes];
  for (const { name, metric, figures } of rows) {
    const ours = subject === undefined ? undefined : figures.get(subject);
    const title = [name, metric.name].filter((part) => part !== "").join(", ");
    const [only] = figures.values();
    if (figures.size === 1 && only!.min === only!.max) {
      lines.push("", `${title.padEnd(72)}${format(only!.median).padStart(12)}  ${metric.unit}`);
      continue;
    }
    lines.push("", `${title.padEnd(32)}${["median", "min", "max"].map((head) => head.padStart(12)).join("")}  ${metric.unit}`);
    for (const [contender, figure] of figures) {
      const { median, min, max } = figure;
      const shown = isSteady(figure) ? [median, min, max].map((value) => format(value).padStart(12)).join("") : "  unsteady".padEnd(36);
      const compared = ours === undefined || contender === subject ? "" : `  ${subject} is ${ratio(ours.median, median, metric)}×`;
      lines.push(`  ${contender.padEnd(30)}${shown}${compared}`);
    }
  }
  return lines.join("\n");
}

/** How much better ours is. */
function ratio(ours: number, theirs: number, { more }: Metric): string {
  return (more ? ours / theirs : theirs / ours).toFixed(2);
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
