import type { Schema } from "../model/schema.ts";
import { type Config, loadConfig } from "./config.ts";
import { readProject } from "./read-project.ts";
import { reportFindings } from "./report.ts";
import type { Terminal } from "./terminal.ts";

/** A project whose schemas are without errors. */
export interface Project {
  readonly config: Config;
  readonly schema: Schema;
}

/** The project that a command runs in; undefined when its schemas have errors, which are reported then. Throws UsageError where there is none. */
export function openProject(terminal: Terminal, format: string | undefined): Project | undefined {
  const config = loadConfig(terminal.cwd);
  const { schema, diagnostics } = readProject(config);
  if (schema !== undefined) return { config, schema };
  reportFindings(terminal, format, diagnostics, config);
  return undefined;
}
