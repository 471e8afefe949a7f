import { existsSync } from "node:fs";
import path from "node:path";
import { createIdentity, formatServerKey, saveIdentity, serverKeyOf } from "../../runtime/keys.ts";
import { type Command, defineCommand } from "./command.ts";
import { ignoreFile } from "./ignore-file.ts";
import { UsageError } from "./terminal.ts";

export const DEFAULT_IDENTITY_FILE = "server.identity";

/** `zgen keygen`. */
export const keygen: Command = defineCommand({
  operands: [],
  options: {
    out: { type: "string", value: "FILE", help: `where the identity goes; ${DEFAULT_IDENTITY_FILE} unless given` },
    force: { type: "boolean", help: "replace an identity that is already there" },
  },
  description:
    "Makes a server's identity: a file that only its owner may read, kept out of git, and a public key that clients pin.\nThe public key is printed to standard output, everything else to standard error.",
  async run({ options, terminal }) {
    const file = path.resolve(terminal.cwd, options.out ?? DEFAULT_IDENTITY_FILE);
    if (existsSync(file) && !options.force) {
      throw new UsageError(`${file} exists; --force replaces it, and clients that pin its key then refuse the server`);
    }
    const serverKey = writeIdentity(file);
    const name = path.relative(terminal.cwd, file);
    const ignored = ignoreFile(file);
    terminal.err(
      `identity: ${name} (mode 0600; keep it secret${ignored === undefined ? "" : `; ignored by ${path.relative(terminal.cwd, ignored)}`})`,
    );
    terminal.err(`serve({ identity: loadIdentity(file) }) uses the file, connect({ serverKey }) takes this public key:`);
    terminal.out(serverKey);
    return 0;
  },
});

/** Makes an identity, writes it for its owner alone, and returns the public key that clients pin. */
export function writeIdentity(file: string): string {
  const identity = createIdentity();
  saveIdentity(file, identity, { replace: true });
  return formatServerKey(serverKeyOf(identity));
}
