import { figureOf } from "../support/figure.ts";
import type { Row } from "../support/rounds.ts";

/** A figure that there is one of: a run has no rounds. */
export const row = (name: string, figure: string, unit: string, value: number): Row => ({
  name,
  metric: { name: figure, unit, more: false },
  figures: new Map([["zserver-ws", figureOf([value])]]),
});
