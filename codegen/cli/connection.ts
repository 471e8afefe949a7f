import path from "node:path";
import type { ConnectOptions } from "../../runtime/client.ts";
import type { OptionValues } from "./command.ts";
import { type Terminal, UsageError } from "./terminal.ts";

/** What subcommands take that connect to a server. */
export const connectionOptions = {
  "server-key": {
    type: "string",
    value: "KEY",
    help: "the server's key, as zgen keygen printed it; without it the command fails and says which key the server shows",
  },
  identity: { type: "string", value: "FILE", help: "who this client is: an identity as zgen keygen makes them; anonymous unless given" },
  credentials: { type: "string", value: "TEXT", help: "what the server's admission asks for" },
} as const;

/** Ended by Ctrl-C, as shells count it. */
export const INTERRUPTED = 130;

/** A whole number that an option gives; undefined where it is not given. */
export function integerOf(option: string, unit: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new UsageError(`${option} takes ${unit}, not ${text}`);
  return number;
}

/** The keys that the options name; what is wrong with one is for the person at the terminal to mend. */
export async function keysOf(
  options: OptionValues<typeof connectionOptions>,
  terminal: Terminal,
): Promise<Pick<ConnectOptions, "serverKey" | "identity">> {
  const { loadIdentity, parseServerKey } = await import("../../runtime/keys.ts");
  const { "server-key": serverKey, identity } = options;
  try {
    if (serverKey !== undefined) parseServerKey(serverKey);
    return {
      serverKey: serverKey ?? ((shown) => refuseShown(shown, terminal)),
      identity: identity === undefined ? undefined : loadIdentity(path.resolve(terminal.cwd, identity)),
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** A key is never taken on faith: who calls has to say that it is the right one. */
function refuseShown(shown: string, terminal: Terminal): false {
  terminal.err(`the server shows the key ${shown}; if that is the right one, pass it as --server-key`);
  return false;
}

/** Aborted by Ctrl-C, until it is released. */
export function interruption(terminal: Terminal): readonly [AbortSignal, () => void] {
  if (terminal.interrupted !== undefined) return [terminal.interrupted, () => {}];
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once("SIGINT", abort);
  return [controller.signal, () => process.off("SIGINT", abort)];
}
