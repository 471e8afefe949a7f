// Runs one world after the other, as the parent process asks.
import { simulate } from "./world.ts";

process.on("message", (seed: number) => {
  simulate(seed).then(
    (result) => process.send!(result),
    (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.send!({ seed, commands: 0, cuts: 0, resumes: 0, lost: 0, steps: 0, fingerprint: 0, violations: [text], trace: [] });
    },
  );
});
process.on("disconnect", () => process.exit());
