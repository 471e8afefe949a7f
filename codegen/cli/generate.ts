import path from "node:path";
import type { Diagnostic } from "../model/diagnostic.ts";
import { type Command, defineCommand } from "./command.ts";
import { type Compilation, compile, compileRelease } from "./compile.ts";
import { CONFIG_FILE, type Config, loadConfig } from "./config.ts";
import { lockFile } from "./lock-file.ts";
import { moduleTypeNotice } from "./module-type.ts";
import { applyOutput, type OutputPlan, planOutput } from "./output.ts";
import { Progress } from "./progress.ts";
import { count, formatOption, placeAll, printDiagnostics } from "./report.ts";
import { RoundMemory } from "./round-memory.ts";
import { type Terminal, UsageError } from "./terminal.ts";
import { watch } from "./watch.ts";

/** `zgen generate`. */
export const generate: Command = defineCommand({
  operands: [],
  options: {
    check: { type: "boolean", help: "write nothing; fail and name the files that would differ" },
    watch: { type: "boolean", help: "stay, and generate again when a schema or the configuration changes" },
    release: { type: "string", value: "VERSION", help: "write the code of a release in zgen.lock, beside that of the present schemas" },
    out: { type: "string", value: "DIR", help: "where the release's code goes (the default: generated-VERSION)" },
    format: formatOption,
  },
  description:
    "Writes code from the schemas that zgen.json names, here or in a folder above.\nFiles that would not change are left alone, and files that zgen wrote and no longer writes are removed.",
  async run({ options, terminal }) {
    if (options.check && options.watch) throw new UsageError("--check and --watch exclude each other");
    if (options.release !== undefined && options.watch)
      throw new UsageError("--release and --watch exclude each other: a release stays as it is");
    if (options.release === undefined && options.out !== undefined)
      throw new UsageError('--out goes with --release; "out" in zgen.json says where the present code goes');
    const report = options.format === "json" ? reportJson : reportLines(options.format);
    if (options.watch) return generateForEver(terminal, report);
    const config = loadConfig(terminal.cwd);
    const outcome =
      options.release === undefined
        ? generateOnce(config, options.check, new Progress(terminal))
        : generateRelease(config, options.release, options.out, options.check, terminal);
    report(terminal, outcome, options.check);
    return outcome.diagnostics.length > 0 || (options.check && isDirty(outcome.plan)) ? 1 : 0;
  },
});

export interface Outcome {
  /** Their `file` is relative to the folder that zgen runs in. */
  readonly diagnostics: readonly Diagnostic[];
  readonly plan: OutputPlan;
  readonly config: Config;
}

const nothing: OutputPlan = { write: [], remove: [], unchanged: 0 };

/**
 * Generates once. When anything is wrong with the schemas, no generated file is touched.
 *
 * @param memory of the round before, in `--watch`
 */
function generateOnce(config: Config, check: boolean, progress: Progress, memory?: RoundMemory): Outcome {
  return write(config, compile(config, progress, memory), check);
}

/** Generates the code of a release into a folder of its own: the next `zgen generate` would remove it from that of the present code. */
function generateRelease(config: Config, version: string, folder: string | undefined, check: boolean, terminal: Terminal): Outcome {
  const out = folder === undefined ? `${config.out}-${version}` : path.resolve(terminal.cwd, folder);
  if (isWithin(out, config.out) || isWithin(config.out, out))
    throw new UsageError(`${out} would mix the release with the present code in ${config.out}; choose a folder beside it`);
  return write({ ...config, out }, compileRelease(config, version, new Progress(terminal)), check);
}

function isWithin(folder: string, outer: string): boolean {
  return folder === outer || folder.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep);
}

function write(config: Config, { files, diagnostics }: Compilation, check: boolean): Outcome {
  if (files === undefined) return { diagnostics, plan: nothing, config };
  const plan = planOutput(config.out, files);
  if (!check) applyOutput(config.out, plan);
  return { diagnostics, plan, config };
}

/** Generates now and after each change, until Ctrl-C. */
async function generateForEver(terminal: Terminal, report: Report): Promise<number> {
  const stop = new AbortController();
  const memory = new RoundMemory();
  process.once("SIGINT", () => stop.abort());
  await watch({
    paths: [path.join(terminal.cwd, CONFIG_FILE)],
    run: (paths) => generateAndReport(terminal, report, paths, memory),
    signal: stop.signal,
  });
  return 0;
}

/** One round of `--watch`. What is wrong is reported and waited out. Returns the paths whose changes call for another round. */
export function generateAndReport(terminal: Terminal, report: Report, paths: readonly string[], memory: RoundMemory): readonly string[] {
  let watched = paths;
  try {
    const config = loadConfig(terminal.cwd);
    watched = [
      config.file,
      lockFile(config),
      ...config.roots.map(({ folder }) => folder),
      ...(config.templates === undefined ? [] : [config.templates]),
    ];
    report(terminal, generateOnce(config, false, new Progress(terminal), memory), false);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.err(`zgen generate: ${error.message}`);
  }
  return watched;
}

function isDirty(plan: OutputPlan): boolean {
  return plan.write.length + plan.remove.length > 0;
}

/** Says on the terminal what a run found and did. */
export type Report = (terminal: Terminal, outcome: Outcome, check: boolean) => void;

/** As lines: of text, or of another format that has a line for each diagnostic. */
export function reportLines(format: string | undefined): Report {
  return (terminal, outcome, check) => {
    printDiagnostics(terminal, format, outcome.diagnostics, outcome.config);
    reportPlan(terminal, outcome, check);
  };
}

function reportPlan(terminal: Terminal, { diagnostics, plan, config }: Outcome, check: boolean): void {
  if (diagnostics.length > 0) {
    terminal.err(`${count(diagnostics.length, "error")}; no generated file was touched`);
    return;
  }
  const name = (file: string): string => path.relative(terminal.cwd, path.join(config.out, file));
  const [write, remove] = check ? ["would change", "would be removed"] : ["wrote", "removed"];
  for (const file of plan.write) terminal.out(`${write} ${name(file.path)}`);
  for (const file of plan.remove) terminal.out(`${remove} ${name(file)}`);
  if (check && isDirty(plan)) terminal.err("generated code is not what the schemas say; run `zgen generate`");
  else if (!isDirty(plan)) terminal.out(`${count(plan.unchanged, "file")} up to date`);
  const notice = moduleTypeNotice(config);
  if (notice !== undefined) terminal.err(notice);
}

function reportJson(terminal: Terminal, { diagnostics, plan, config }: Outcome): void {
  const written = plan.write.map((file) => file.path);
  terminal.out(
    JSON.stringify({ diagnostics: placeAll(diagnostics, terminal, config), written, removed: plan.remove, unchanged: plan.unchanged }),
  );
}
