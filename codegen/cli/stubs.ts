import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type HandlerView, handlerViews } from "../emit/handler-view.ts";
import { GeneratedModules } from "../stubs/modules.ts";
import { newHandlerFile } from "../stubs/new-file.ts";
import type { StubNote } from "../stubs/sync.ts";
import { type Command, defineCommand } from "./command.ts";
import { loadConfig } from "./config.ts";
import { readProject } from "./read-project.ts";
import { writeWhole } from "./output.ts";
import { formatOption, reportFindings } from "./report.ts";
import { type Terminal, UsageError } from "./terminal.ts";

/** `zgen stubs`. */
export const stubs: Command = defineCommand({
  operands: [],
  options: {
    check: { type: "boolean", help: "write nothing; fail when a handler file is behind the schema" },
    format: formatOption,
  },
  description:
    "Keeps a class of handlers for each service, in the folder that `stubs` in zgen.json names. A new command gets its method; signatures follow types\nthat have other names now; what handles no command any more is reported and left in place. Your own code is never touched.",
  async run({ options, terminal }) {
    const config = loadConfig(terminal.cwd);
    const { stubs: settings } = config;
    if (settings === undefined) throw new UsageError(`${config.file} has no stubs; add "stubs": { "out": "src/handlers" }`);
    const { schema, diagnostics } = readProject(config);
    if (schema === undefined) {
      reportFindings(terminal, options.format, diagnostics, config);
      return 1;
    }
    const { services, exports } = handlerViews(schema);
    const handled = services.filter(({ side }) => side === settings.side || side === "BOTH");
    const modules = new GeneratedModules(config.out, config.importExtension, exports);
    const files = await syncAll(settings.out, handled, modules);
    return report(terminal, files, options.check);
  },
});

/** One handler file, as it should be. */
interface StubFile {
  readonly file: string;
  readonly text: string;
  readonly changed: boolean;
  readonly added: readonly string[];
  readonly notes: readonly StubNote[];
}

async function syncAll(folder: string, services: readonly HandlerView[], modules: GeneratedModules): Promise<readonly StubFile[]> {
  const files: StubFile[] = [];
  const missing = new Set(services);
  for (const file of candidates(folder, services)) {
    // The TypeScript compiler is in there: half a second that a first run need not wait.
    const { syncFile } = await import("../stubs/sync.ts");
    const before = readFileSync(file, "utf8");
    const { text, services: found, added, notes } = syncFile(file, before, services, modules);
    for (const service of found) missing.delete(service);
    files.push({ file, text, changed: text !== before, added, notes });
  }
  for (const service of missing) {
    const file = path.join(folder, path.dirname(service.module), `${fileName(service.service)}.ts`);
    if (existsSync(file)) throw new UsageError(`${file} has no class that implements ${service.handlers}; add one, or move the file`);
    files.push({ file, text: newHandlerFile(file, service, modules), changed: true, added: [], notes: [] });
  }
  return files;
}

/** The files that may hold handlers of these services. */
function candidates(folder: string, services: readonly HandlerView[]): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /(?<!\.d)\.ts$/.test(name))
    .sort();
  return names
    .map((name) => path.join(folder, name))
    .filter((file) => {
      const text = readFileSync(file, "utf8");
      return services.some(({ handlers }) => text.includes(handlers));
    });
}

/** `HttpLobby` lies in `http_lobby.ts`. */
const fileName = (service: string): string => service.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();

function report(terminal: Terminal, files: readonly StubFile[], check: boolean): number {
  const changed = files.filter((file) => file.changed);
  for (const { file, text, added } of changed) {
    if (!check) writeWhole(file, text);
    const what = added.length === 0 ? "" : ` (${added.join(", ")})`;
    terminal.out(`${check ? "would change" : "wrote"} ${path.relative(terminal.cwd, file)}${what}`);
  }
  for (const { file, notes } of files)
    for (const { line, message } of notes) terminal.err(`${path.relative(terminal.cwd, file)}:${line}: ${message}`);
  if (changed.length === 0) terminal.out(`${files.length} handler file${files.length === 1 ? "" : "s"} up to date`);
  return check && changed.length > 0 ? 1 : 0;
}
