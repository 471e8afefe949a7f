/** How long a process needs to import what it serves with and to listen: the built package, without anything that compiles. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { choose } from "./support/contest.ts";
import type { BenchOptions } from "./support/options.ts";
import type { Report } from "./support/report.ts";
import { measureRows } from "./support/rounds.ts";

const runtime = new URL("../runtime/", import.meta.url);

/** Modules that end as soon as they have done what they are named for. */
const modules: Readonly<Record<string, string>> = {
  "zserver, imported": `import "zserver"; process.exit();`,
  zserver: `
    import { createIdentity, serve } from "zserver";
    await serve({ listen: ["tcp://127.0.0.1:0"], identity: createIdentity(), handlers: [] });
    process.exit();`,
  ws: `
    import { WebSocketServer } from "ws";
    new WebSocketServer({ host: "127.0.0.1", port: 0 }).on("listening", () => process.exit());`,
};

const BARE = "process.exit();";

/** Milliseconds from the start of a process to its end. */
function wall(module: string): number {
  const start = performance.now();
  // From where the package resolves "zserver" to itself and finds what it needs.
  execFileSync(process.execPath, ["--input-type=module", "--eval", module], { cwd: fileURLToPath(runtime), stdio: "pipe" });
  return performance.now() - start;
}

/** In all, and what it is more than that of a process right before it that does nothing. */
function sample(module: string): readonly number[] {
  const bare = wall(BARE);
  const whole = wall(module);
  return [whole, whole - bare];
}

export async function run(options: BenchOptions): Promise<Report> {
  const metrics = [
    { name: "", unit: "ms", more: false },
    { name: "over bare node", unit: "ms", more: false },
  ];
  const names = choose(Object.keys(modules), options, () => true);
  const measure = (rounds: number, repeats: number) =>
    measureRows(["start-up"], names, metrics, rounds, (_, name) => sample(modules[name]!), repeats);
  await measure(1, 0);
  return {
    subject: "zserver",
    rows: await measure(options.quick ? 7 : 4 * options.rounds, options.quick ? 0 : 3),
    notes: ["From the start of a process to its end, which comes when it listens; bare node imports nothing."],
  };
}
