// Preloaded into zgen by run.ts: writes what the process used into the file that CORPUS_USAGE names.
import { writeFileSync } from "node:fs";

process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.CORPUS_USAGE, JSON.stringify({ memoryKiB: maxRSS, cpuMs: (userCPUTime + systemCPUTime) / 1000 }));
});
