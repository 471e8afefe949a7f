import { readFileSync } from "node:fs";
import path from "node:path";
import { toHex } from "../../runtime/bytes/hex.ts";
import { fingerprintsOf } from "../describe/fingerprint.ts";
import type { Schema } from "../model/schema.ts";
import { EntryError } from "../package/entries.ts";
import { libraryFiles } from "../package/library.ts";
import { type Command, defineCommand } from "./command.ts";
import { emit } from "./compile.ts";
import { type Config, loadConfig } from "./config.ts";
import { libraryRelease } from "./library-release.ts";
import { applyOutput, type OutputFile, type OutputPlan, planFiles } from "./output.ts";
import type { PackageSettings } from "./package-config.ts";
import { readLibraryFolder } from "./package-folder.ts";
import { Progress } from "./progress.ts";
import { readProject } from "./read-project.ts";
import { count, formatOption, reportFindings } from "./report.ts";
import { sinceWhen } from "./since.ts";
import { type Terminal, UsageError } from "./terminal.ts";
import { loadPageTemplate } from "./user-templates.ts";
import { version } from "./version.ts";

/** Where a library goes unless told otherwise, beside zgen.json. */
const DEFAULT_FOLDER = "package";

/** `zgen package`. */
export const packageLibrary: Command = defineCommand({
  operands: [],
  options: {
    out: {
      type: "string",
      value: "DIR",
      help: `the folder of the library: new, empty, or one that zgen made (the default: ${DEFAULT_FOLDER}, beside zgen.json)`,
    },
    snapshot: { type: "boolean", help: "package schemas that are no release, under the version that they would get, marked as a snapshot" },
    format: formatOption,
  },
  description:
    "Writes a client library that is ready to publish: JavaScript and declarations, the schemas, and a README and a reference made from their comments.\n`package` in zgen.json says what it is called. Its version is that of the last release in zgen.lock. The same schemas give the same bytes.",
  async run({ options, terminal }) {
    const config = loadConfig(terminal.cwd);
    const settings = config.package;
    if (settings === undefined) throw new UsageError(`${config.file} has no package; add "package": { "name": "@acme/lobby-client" }`);
    const texts = new Map<string, string>();
    const { schema, diagnostics } = readProject(config, { onFile: (name, text) => void texts.set(name, text) });
    if (schema === undefined) {
      reportFindings(terminal, options.format, diagnostics, config);
      return 1;
    }
    const folder =
      options.out === undefined ? path.join(path.dirname(config.file), DEFAULT_FOLDER) : path.resolve(terminal.cwd, options.out);
    const files = makeLibrary({ config, settings, schema, texts, progress: new Progress(terminal) }, options.snapshot);
    const plan = planFiles(readLibraryFolder(folder), files);
    applyOutput(folder, plan);
    report(terminal, folder, plan);
    return 0;
  },
});

/** What a library is made of. */
interface Project {
  readonly config: Config;
  readonly settings: PackageSettings;
  readonly schema: Schema;
  readonly texts: ReadonlyMap<string, string>;
  readonly progress: Progress;
}

function makeLibrary({ config, settings, schema, texts, progress }: Project, snapshot: boolean): readonly OutputFile[] {
  const { name, description, manifest, root, licenseFile } = settings;
  const fingerprint = toHex(fingerprintsOf(schema).root);
  const release = libraryRelease(config, schema, fingerprint, snapshot);
  // What older releases were is for servers to know, and not for every page to carry.
  const released = { version: release.isSnapshot ? undefined : release.version };
  const modules = emit(schema, { ...config, emit: "js", importExtension: ".js" }, progress, released);
  try {
    return libraryFiles({
      details: {
        name,
        version: release.version,
        description: description ?? `Typed client for ${packagesOf(schema)}.`,
        manifest,
        runtime: version(),
        fingerprint,
      },
      schema,
      texts,
      modules,
      since: sinceWhen(config, schema),
      root,
      changelog: release.changelog,
      licenseText: licenseFile === undefined ? undefined : readLicense(licenseFile),
      templates: { readme: loadPageTemplate(config.templates, "readme"), docs: loadPageTemplate(config.templates, "docs") },
    });
  } catch (error) {
    if (error instanceof EntryError) throw new UsageError(error.message);
    throw error;
  }
}

function packagesOf(schema: Schema): string {
  const packages = new Set(schema.files.filter(({ requested }) => requested).map((file) => file.package));
  return [...packages].filter(Boolean).sort().join(", ") || "a zserver";
}

function readLicense(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`package.licenseFile: ${(error as Error).message}`);
  }
}

function report(terminal: Terminal, folder: string, { write, remove, unchanged }: OutputPlan): void {
  const place = path.relative(terminal.cwd, folder) || ".";
  const removed = remove.length === 0 ? "" : `, ${remove.length} removed`;
  if (write.length + remove.length === 0) terminal.out(`${place}: ${count(unchanged, "file")} up to date`);
  else terminal.out(`${place}: ${count(write.length, "file")} written${removed}; next: npm publish ${place}`);
}
