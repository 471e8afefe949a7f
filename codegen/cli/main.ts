import type { Command } from "./command.ts";
import { commandHelp, commandUsage, overviewHelp } from "./help.ts";
import { type ParsedArguments, parseArguments } from "./parse-arguments.ts";
import { systemTerminal, type Terminal, UsageError } from "./terminal.ts";
import { version } from "./version.ts";

/** The subcommands. Each is loaded only when it is called: `zgen include` needs no parser. */
const commands: Readonly<Record<string, { readonly summary: string; load(): Promise<Command> }>> = {
  init: { summary: "make a starter project", load: async () => (await import("./init.ts")).init },
  generate: { summary: "write code from the schemas", load: async () => (await import("./generate.ts")).generate },
  call: { summary: "invoke a command on a live server", load: async () => (await import("./call.ts")).call },
  cp: { summary: "copy files to a server, or from one", load: async () => (await import("./cp.ts")).cp },
  stubs: { summary: "keep classes of handlers in step with the schemas", load: async () => (await import("./stubs.ts")).stubs },
  docs: { summary: "write a reference page from the schemas' comments", load: async () => (await import("./docs.ts")).docs },
  package: { summary: "make a client library that is ready to publish", load: async () => (await import("./package.ts")).packageLibrary },
  lint: { summary: "check the schemas' names and style", load: async () => (await import("./lint.ts")).lint },
  breaking: { summary: "find what a change of the schemas breaks", load: async () => (await import("./breaking.ts")).breaking },
  version: {
    summary: "say which version the schemas deserve, and why",
    load: async () => (await import("./schema-version.ts")).schemaVersion,
  },
  changelog: { summary: "tell what changed, for people who write clients", load: async () => (await import("./changelog.ts")).changelog },
  release: { summary: "record the schemas as a release, in zgen.lock", load: async () => (await import("./release.ts")).release },
  keygen: { summary: "make a server's identity", load: async () => (await import("./keygen.ts")).keygen },
  include: { summary: "print the folder that holds zserver/options.proto", load: async () => (await import("./include.ts")).include },
};

/** Runs the command line `args` (without node and the script) and resolves to the exit code. Never rejects for what a user did. */
export async function main(args: readonly string[], terminal: Terminal = systemTerminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === "help" && rest[0] !== undefined) return main([rest[0], "--help"], terminal);
  if (name === undefined || name === "--help" || name === "help") {
    const summaries = Object.entries(commands).map(([command, { summary }]) => [command, summary] as const);
    (name === undefined ? terminal.err : terminal.out)(overviewHelp(summaries));
    return name === undefined ? 1 : 0;
  }
  if (name === "--version") {
    terminal.out(version());
    return 0;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) {
    terminal.err(`zgen: unknown command ${name} (${Object.keys(commands).join(", ")})`);
    return 1;
  }
  return runCommand(name, await entry.load(), rest, terminal);
}

async function runCommand(name: string, command: Command, args: readonly string[], terminal: Terminal): Promise<number> {
  const end = args.indexOf("--");
  if (args.slice(0, end < 0 ? undefined : end).includes("--help")) {
    terminal.out(commandHelp(name, command));
    return 0;
  }
  let parsed: ParsedArguments | undefined;
  try {
    parsed = parseArguments(args, command.options, command.operands, command.optionalOperands);
    return await command.run({ ...parsed, terminal });
  } catch (error) {
    if (!(error instanceof UsageError) && !isSystemError(error)) throw error;
    terminal.err(`zgen ${name}: ${error.message}`);
    if (parsed === undefined) terminal.err(`Usage: ${commandUsage(name, command)}; --help says more`);
    return 1;
  }
}

/** What the operating system refuses (a folder that may not be written, a full disk) says by itself which file it is about. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}
