import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import { type Phase, phaseOf } from "./phases.ts";
import type { Watch } from "./tasks.ts";

/** Microseconds that went into each phase. */
export type TimeByPhase = Partial<Record<Phase, number>>;

/** Microseconds between two looks at what runs. */
const INTERVAL = 200;

/** Watches where the time of this process goes, as `node --cpu-prof` does. */
export class Profiler {
  readonly #session = new Session();

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.setSamplingInterval", { interval: INTERVAL });
    await this.#session.post("Profiler.start");
  }

  async stop(): Promise<TimeByPhase> {
    const { profile } = await this.#session.post("Profiler.stop");
    this.#session.disconnect();
    const phases = new Map<number, Phase>();
    const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
    for (const { id, callFrame } of profile.nodes) {
      const { url, lineNumber, functionName } = callFrame;
      // A parent comes before its children. What is native belongs to its caller, unless it has a phase of its own.
      phases.set(id, phaseOf(moduleAt(url, lineNumber), functionName) ?? phases.get(parents.get(id) ?? -1) ?? "rest");
    }
    const times: TimeByPhase = {};
    for (const [at, id] of (profile.samples ?? []).entries()) {
      const phase = phases.get(id)!;
      times[phase] = (times[phase] ?? 0) + profile.timeDeltas![at]!;
    }
    return times;
  }
}

/** Answers a wish to watch; any other question goes on. */
export function answering<Question extends object>(ask: (question: Question) => void): (question: Question | Watch) => void {
  const profiler = new Profiler();
  return (question) => {
    if (!("watch" in question)) ask(question);
    else if (question.watch === "start") void profiler.start().then(() => process.send!(true));
    else void profiler.stop().then((times) => process.send!(times));
  };
}

const files = new Map<string, readonly string[]>();

/** The source of a line: in a bundle it stands in a comment above. Empty for what is native. */
function moduleAt(url: string, line: number): string {
  if (!url.startsWith("file:")) return url;
  if (!/\/dist\/[^/]+\.js$/.test(url)) return url;
  let modules = files.get(url);
  if (modules === undefined) {
    let name = "";
    modules = readFileSync(fileURLToPath(url), "utf8")
      .split("\n")
      .map((text) => {
        name = /^\/\/ (\S+\.ts)$/.exec(text)?.[1] ?? name;
        return name;
      });
    files.set(url, modules);
  }
  return modules[line] ?? "";
}
