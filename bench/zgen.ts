/** What `zgen generate` takes: cold, as a command, and for each change under `--watch`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { generateAndReport } from "../codegen/cli/generate.ts";
import type { Terminal } from "../codegen/cli/terminal.ts";
import { RoundMemory } from "../codegen/cli/round-memory.ts";
import type { BenchOptions } from "./support/options.ts";
import type { Report } from "./support/report.ts";
import { measureRows } from "./support/rounds.ts";

const launcher = fileURLToPath(new URL("../codegen/bin/zgen.mjs", import.meta.url));
const sizes = [100, 1000];
const MESSAGES_A_FILE = 50;

const metrics = ["CPU time", "wall time"] as const;
/** Milliseconds. */
type Taken = Readonly<Record<(typeof metrics)[number], number>>;

/** Messages of ten fields, fifty a file; each file imports the one before it. */
class Workplace {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), "zgen-bench-"));
  readonly #files: number;
  readonly #memory = new RoundMemory();
  #rounds = 0;

  constructor(messages: number) {
    this.#files = messages / MESSAGES_A_FILE;
    mkdirSync(path.join(this.folder, "schemas"));
    writeFileSync(path.join(this.folder, "zgen.json"), "{}");
    for (let file = 0; file < this.#files; file++) this.#write(file, "");
  }

  #write(file: number, more: string): void {
    const imported = file === 0 ? "" : `import "file${file - 1}.proto";\n`;
    const messages = Array.from({ length: MESSAGES_A_FILE }, (_, index) => message(file * MESSAGES_A_FILE + index));
    const text = `syntax = "proto3";\npackage bench.v1;\n${imported}${messages.join("")}${more}`;
    writeFileSync(path.join(this.folder, "schemas", `file${file}.proto`), text);
  }

  /** A start of the command, into an empty folder. */
  cold(): Taken {
    rmSync(path.join(this.folder, "generated"), { recursive: true, force: true });
    const told = 'data:text/javascript,process.once("exit",()=>process.stderr.write(JSON.stringify(process.cpuUsage())))';
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, ["--import", told, launcher, "generate"], {
      cwd: this.folder,
      encoding: "utf8",
    });
    const wall = performance.now() - start;
    if (status !== 0) throw new Error(`zgen failed: ${stderr}`);
    const { user, system }: NodeJS.CpuUsage = JSON.parse(stderr);
    return { "CPU time": (user + system) / 1000, "wall time": wall };
  }

  /** A round of `--watch` after a change of the last file, without the 20 ms that it waits for an editor to be done. */
  change(): Taken {
    this.#write(this.#files - 1, `message More {\n  int32 round${this.#rounds++} = 1;\n}\n`);
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const terminal: Terminal = { cwd: this.folder, out: say, err: say, input: () => Readable.from([]) };
    const [before, start] = [process.cpuUsage(), performance.now()];
    generateAndReport(terminal, () => {}, [], this.#memory);
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    if (said.length > 0) throw new Error(said.join("\n"));
    return { "CPU time": (user + system) / 1000, "wall time": wall };
  }
}

function message(index: number): string {
  return `// Number ${index}.
message Item${index} {
  string name = 1;
  int32 count = 2;
  repeated double values = 3;
  map<string, int64> totals = 4;
  ${index === 0 ? "bytes" : `Item${index - 1}`} previous = 5;
  oneof choice {
    string text = 6;
    uint64 number = 7;
  }
  repeated string tags = 8;
  bool done = 9;
  optional bytes data = 10;
}
`;
}

/** How many rounds of `--watch` go before those that count: its process has run for a while when people notice it. */
const WARM_UP = 5;

export async function run({ rounds }: BenchOptions): Promise<Report> {
  const workplaces = sizes.map((size) => new Workplace(size));
  const samples = new Map<string, () => Taken>();
  for (const [at, size] of sizes.entries()) samples.set(`generate, ${size} messages`, () => workplaces[at]!.cold());
  for (const [at, size] of sizes.entries()) samples.set(`--watch, ${size} messages`, () => workplaces[at]!.change());
  try {
    for (const workplace of workplaces) for (let round = 0; round < WARM_UP; round++) workplace.change();
    const rows = await measureRows(
      [...samples.keys()],
      ["zgen"],
      metrics.map((name) => ({ name, unit: "ms", more: false })),
      rounds,
      (row) => {
        const taken = samples.get(row)!();
        return metrics.map((metric) => taken[metric]);
      },
    );
    return { subject: undefined, rows, notes: ["Ten fields a message, 50 messages a file."] };
  } finally {
    for (const { folder } of workplaces) rmSync(folder, { recursive: true, force: true });
  }
}
