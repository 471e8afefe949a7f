// One batch after the other, as the parent process asks. Which seed runs is in a file that both have, for when this process says nothing any more.
import { writeSync } from "node:fs";
import { type Batch, runBatch } from "./batch.ts";
import { RUNNING_FD } from "./crew.ts";

const running = new Float64Array(1);

process.on("message", async (batch: Batch) => {
  const result = await runBatch(batch, (seed) => {
    running[0] = seed;
    writeSync(RUNNING_FD, new Uint8Array(running.buffer), 0, running.byteLength, 0);
  });
  process.send!({ ...result, outcomes: [...result.outcomes] });
});
process.on("disconnect", () => process.exit());
