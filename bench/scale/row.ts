import { figureOf } from "../support/figure.ts";
import type { Row } from "../support/rounds.ts";

/** A figure that there is one of: a run has no rounds. It takes minutes, so who waits is told each as it is known. */
export function row(name: string, figure: string, unit: string, value: number): Row {
  console.error(`  ${[name, figure].filter((part) => part !== "").join(", ")}: ${value.toPrecision(4)} ${unit}`);
  return { name, metric: { name: figure, unit, more: false }, figures: new Map([["zserver-ws", figureOf([value])]]) };
}
