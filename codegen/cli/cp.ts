import { statSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { TransferOptions, Transferred } from "../../runtime/files.ts";
import type { Client, ConnectOptions } from "../../runtime/index.ts";
import { printable } from "../call/describe-error.ts";
import { type Command, defineCommand, type OptionValues } from "./command.ts";
import { connectionOptions, INTERRUPTED, integerOf, interruption, keysOf } from "./connection.ts";
import { type FileLocation, parseFileLocation } from "./file-location.ts";
import { type Terminal, UsageError } from "./terminal.ts";
import { byteText, TransferBar } from "./transfer-bar.ts";

const options = {
  ...connectionOptions,
  recursive: { type: "boolean", help: "a folder: only what differs travels" },
  delete: { type: "boolean", help: "with --recursive: removes at the target what the source does not have" },
  entrances: { type: "string", value: "URL,URL", help: "other endpoints of the same server; each carries its share" },
  parallel: { type: "string", value: "N", help: "ranges under way at once, over each endpoint; 4 unless given" },
  retries: { type: "string", value: "N", help: "how often a lost session is made anew to go on; 10 unless given" },
} as const;

/** After the first loss, in milliseconds; longer after each. */
const RETRY_MS = 500;
const DEFAULT_RETRIES = 10;

/** `zgen cp`. */
export const cp: Command = defineCommand({
  operands: ["SOURCE", "TARGET"],
  options,
  description:
    "Copies a file to a server that serves zserver.files.v1, or from one. One side is a path here, the other ENDPOINT/ROOT/PATH, such as\ntcp://host:7000/public/a.txt, or ENDPOINT#ROOT/PATH. Every range and the whole file are verified; the target appears when it is whole. What was\nbroken off, by Ctrl-C too, goes on where it was when the same command runs again.",
  async run({ options, operands: [source = "", target = ""], terminal }) {
    const [from, to] = [parseFileLocation(source), parseFileLocation(target)];
    if (from.type === to.type) throw new UsageError("one of SOURCE and TARGET is at a server, the other one here");
    if (options.delete && !options.recursive) throw new UsageError("--delete belongs to --recursive");
    return copy(planOf(from, to, options.recursive, terminal), options, terminal);
  },
});

interface Plan {
  readonly direction: "up" | "down";
  readonly endpoint: string;
  /** At the server. */
  readonly remote: string;
  /** Here. */
  readonly local: string;
}

/** A target that ends in a slash, or is a folder here, gets the source's name below it. */
function planOf(from: FileLocation, to: FileLocation, recursive: boolean, { cwd }: Terminal): Plan {
  const [here, there] = from.type === "local" ? [from, to] : [to, from];
  if (there.type !== "remote") throw new TypeError("one of them is at a server");
  const direction = from.type === "local" ? "up" : "down";
  const trimmed = there.path.replace(/\/$/, "");
  const local = path.resolve(cwd, here.path);
  const plan = { direction, endpoint: there.endpoint, remote: trimmed, local } as const;
  if (recursive) return plan;
  if (direction === "up") return there.path.endsWith("/") ? { ...plan, remote: `${trimmed}/${path.basename(local)}` } : plan;
  return isFolder(local) || here.path.endsWith("/") ? { ...plan, local: path.join(local, path.posix.basename(trimmed)) } : plan;
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

type Options = OptionValues<typeof options>;

async function copy(plan: Plan, given: Options, terminal: Terminal): Promise<number> {
  const { CommandError, EndError } = await import("../../runtime/index.ts");
  const retries = integerOf("--retries", "a number", given.retries) ?? DEFAULT_RETRIES;
  const parallel = integerOf("--parallel", "a number", given.parallel);
  const [signal, release] = interruption(terminal);
  const keys = { ...(await keysOf(given, terminal)), credentials: given.credentials, signal };
  const endpoints = [plan.endpoint, ...(given.entrances?.split(",") ?? [])];
  const bar = new TransferBar(terminal);
  const onProgress: TransferOptions["onProgress"] = (progress) => bar.step(progress);
  try {
    for (let losses = 0; ; ) {
      try {
        const lines = await attempt(plan, given, endpoints, keys, { parallel, signal, onProgress });
        bar.end();
        for (const line of [...lines, speedOf(bar)]) terminal.err(printable(line));
        return 0;
      } catch (error) {
        const lost = CommandError.is(error)
          ? ["SESSION_LOST", "UNAVAILABLE"].includes(error.code)
          : losses > 0 && error instanceof EndError;
        if (!lost || signal.aborted || losses >= retries) throw error;
        losses += 1;
        bar.end();
        terminal.err(`${printable((error as Error).message)}; going on`);
        await wait(RETRY_MS * losses, undefined, { signal });
      }
    }
  } catch (error) {
    bar.end();
    if (signal.aborted) return INTERRUPTED;
    return explain(error, CommandError.is(error) ? error.code : undefined, error instanceof EndError, terminal);
  } finally {
    release();
  }
}

function explain(error: unknown, code: string | undefined, ended: boolean, terminal: Terminal): number {
  if (!(error instanceof Error)) throw error;
  if (error instanceof TypeError) throw new UsageError(error.message);
  // A file here that cannot be read is for the person at the terminal to mend.
  if (code === undefined && !ended && !("syscall" in error)) throw error;
  terminal.err(printable(code === undefined ? error.message : `${code}: ${error.message}`));
  return 1;
}

interface Connected extends AsyncDisposable {
  readonly clients: readonly Client[];
}

/** A session over each endpoint that answers. Rejects when none does. */
async function connectAll(endpoints: readonly string[], keys: Omit<ConnectOptions, "endpoints">): Promise<Connected> {
  const { connect } = await import("../../runtime/index.ts");
  const settled = await Promise.allSettled(endpoints.map((endpoint) => connect({ ...keys, endpoints: [endpoint] })));
  const clients = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const [failed] = settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  if (clients.length === 0) throw failed;
  return {
    clients,
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

/** Connects and transfers. A function of its own: `await using` in a loop, as esbuild writes it for older platforms, throws an earlier round's error again. */
async function attempt(
  plan: Plan,
  given: Options,
  endpoints: readonly string[],
  keys: Omit<ConnectOptions, "endpoints">,
  options: Omit<TransferOptions, "sessions">,
): Promise<readonly string[]> {
  await using sessions = await connectAll(endpoints, keys);
  return await transfer(plan, given, { ...options, sessions: sessions.clients });
}

/** Returns what there is to say about it, by line. */
async function transfer({ direction, local, remote }: Plan, given: Options, options: TransferOptions): Promise<readonly string[]> {
  const { download, sync, upload } = await import("../../runtime/files.ts");
  if (given.recursive) {
    const done = await sync({ ...options, direction, folder: local, path: remote, remove: given.delete });
    const skipped = done.skipped.map((name) => `skipped, no file that a server can have, or one that is not whole yet: ${name}`);
    return [...skipped, `${done.transferred.length} transferred, ${done.unchanged} unchanged, ${done.removed.length} removed`];
  }
  const done =
    direction === "up" ? await upload({ ...options, from: local, path: remote }) : await download({ ...options, path: remote, to: local });
  return [describe(direction === "up" ? remote : local, done)];
}

function describe(target: string, { size, resumedBytes, digest }: Transferred): string {
  const there = resumedBytes === 0 ? "" : `, of which ${byteText(resumedBytes)} were there`;
  return `${target}: ${byteText(size)}${there}, SHA-256 ${Buffer.from(digest).toString("hex")}`;
}

function speedOf({ moved, seconds }: TransferBar): string {
  return `${byteText(moved)} in ${seconds.toFixed(1)} s, ${byteText(moved / seconds)}/s`;
}
