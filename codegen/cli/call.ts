import { existsSync } from "node:fs";
import path from "node:path";
import type { JsonValue } from "../../runtime/schema/json/value.ts";
import { cacheCode, cacheFolder } from "../call/code-cache.ts";
import { type Code, loadCode } from "../call/code.ts";
import { describeError, printable } from "../call/describe-error.ts";
import { allCommands, type FoundCommand, findCommands } from "../call/find-command.ts";
import { type BlobFiles, invoke } from "../call/invoke.ts";
import { methodName } from "../emit/identifier.ts";
import { describeElement } from "../model/deprecation.ts";
import type { Schema } from "../model/schema.ts";
import { blobFiles } from "./blob-files.ts";
import { type Command, defineCommand, type OptionValues } from "./command.ts";
import { type Config, loadConfig, readConfig } from "./config.ts";
import { connectionOptions, INTERRUPTED, integerOf, interruption, keysOf } from "./connection.ts";
import { readProject } from "./read-project.ts";
import { requestsOf } from "./requests.ts";
import { printDiagnostics } from "./report.ts";
import { type Terminal, UsageError } from "./terminal.ts";

const options = {
  ...connectionOptions,
  include: { type: "string", value: "DIR", help: "the folder of schemas, where there is no zgen.json" },
  timeout: { type: "string", value: "MS", help: "milliseconds until the call fails; the schema's unless given, 0 for none" },
  out: { type: "string", value: "FILE", help: "where a blob that the command returns is written; it is there when all of it has come" },
  "max-message": { type: "string", value: "BYTES", help: "how large a reply may be; 4194304 unless given" },
} as const;

/** `zgen call`. */
export const call: Command = defineCommand({
  operands: ["ENDPOINT", "SERVICE.COMMAND"],
  optionalOperands: ["JSON"],
  options,
  description:
    "Invokes a command on a live server, from the schema. The request is JSON, {} unless given; `-` reads it from standard input, for a stream of requests one\na line; @FILE is a file, for a command that takes a blob. A reply is printed as JSON, a stream of them one a line. Ctrl-C cancels.",
  async run({ options, operands: [endpoint = "", name = "", text], terminal }) {
    const config = configOf(options.include, terminal);
    const { schema, diagnostics } = readProject(config);
    if (schema === undefined) {
      printDiagnostics(terminal, "text", diagnostics, config);
      return 1;
    }
    const found = theCommand(schema, name);
    sayDeprecated(found, terminal);
    const blobs = blobFiles(found.command, text, options.out, terminal.cwd);
    const requests = requestsOf(blobs.source === undefined ? text : undefined, found.command, terminal);
    const code = await codeOf(schema);
    return callCommand({ endpoint, found, code, requests, blobs, options, terminal });
  },
});

function configOf(include: string | undefined, terminal: Terminal): Config {
  if (include === undefined) return loadConfig(terminal.cwd);
  return readConfig(path.join(terminal.cwd, "zgen.json"), { schemas: [include] });
}

function theCommand(schema: Schema, name: string): FoundCommand {
  const found = findCommands(schema, name);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const candidates = (found.length > 0 ? found : allCommands(schema)).map(({ command }) => command.fullName);
  throw new UsageError(`${name} means ${found.length === 0 ? "no command" : "several commands"}; there are ${candidates.join(", ")}`);
}

function sayDeprecated({ command }: FoundCommand, terminal: Terminal): void {
  const { deprecation } = describeElement(command);
  if (command.deprecated) terminal.err(`${command.fullName} is deprecated${deprecation === "" ? "" : `: ${printable(deprecation)}`}`);
}

/** The runtime's modules, which generated code imports: beside the built zgen, or the sources in the repository. */
async function codeOf(schema: Schema): Promise<Code> {
  const module = (name: string): string => {
    const built = new URL(`./${name}.js`, import.meta.url);
    return (existsSync(built) ? built : new URL(`../../runtime/${name}.ts`, import.meta.url)).href;
  };
  const runtime = { codec: module("codec"), blob: module("blob"), json: module("json") };
  return loadCode(cacheCode(schema, runtime, cacheFolder()), runtime.json);
}

interface Call {
  readonly endpoint: string;
  readonly found: FoundCommand;
  readonly code: Code;
  readonly requests: AsyncIterable<JsonValue>;
  readonly blobs: BlobFiles;
  readonly options: OptionValues<typeof options>;
  readonly terminal: Terminal;
}

async function callCommand({ endpoint, found: { service, command }, code, requests, blobs, options, terminal }: Call): Promise<number> {
  const keys = await keysOf(options, terminal);
  const { CommandError, EndError, connect } = await import("../../runtime/index.ts");
  const timeoutMs = integerOf("--timeout", "milliseconds", options.timeout);
  const messageBytes = integerOf("--max-message", "bytes", options["max-message"]);
  const [signal, release] = interruption(terminal);
  try {
    await using client = await connect({
      endpoints: [endpoint],
      ...keys,
      credentials: options.credentials,
      limits: messageBytes === undefined ? undefined : { messageBytes },
      signal,
    });
    const replies = invoke({
      client,
      code,
      service: service.fullName,
      method: methodName(command.name),
      requests,
      blobs,
      signal,
      timeoutMs,
    });
    for await (const reply of replies) terminal.out(JSON.stringify(reply, undefined, command.responseStream ? undefined : 2));
    return 0;
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    if (CommandError.is(error)) for (const line of describeError(error, code)) terminal.err(line);
    else if (error instanceof EndError) terminal.err(printable(error.message));
    else if (error instanceof TypeError) throw new UsageError(error.message);
    else throw error;
    return 1;
  } finally {
    release();
  }
}
