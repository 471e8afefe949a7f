import { shortText } from "../../bytes/short-text.ts";
import type { CommandUse } from "../../command/registry.ts";
import type { Log } from "../../command/log.ts";

/** How often clients of one version called a command that this server's schema marks `deprecated`. */
export interface DeprecatedUse {
  /** On the wire: `package.Service/Command`. */
  readonly command: string;
  /** The release of the clients' schema; where that is not known, what they say they are, for example "zserver-js/0.1.0". */
  readonly client: string;
  readonly calls: number;
}

/** Counters that a server keeps: clients say themselves which version they are. */
const MAX_USES = 1_024;
/** The longest name of a version, in UTF-16 units. */
const CLIENT_UNITS = 128;
/** Under which all that is beyond is counted. */
const OTHERS = "others";

/** Who still calls what is deprecated: a counter, and a line in the log, for each command and version of clients. */
export class DeprecatedUses {
  readonly #uses = new Map<string, DeprecatedUse & CommandUse>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  get all(): readonly DeprecatedUse[] {
    return Array.from(this.#uses.values(), ({ command, client, calls }) => ({ command, client, calls }));
  }

  /** The counter of a command and a version. */
  of(command: string, version: string): CommandUse {
    const client = shortText(version, CLIENT_UNITS);
    const known = this.#uses.get(keyOf(command, client));
    if (known !== undefined) return known;
    return this.#uses.size < MAX_USES || client === OTHERS ? this.#begin(command, client) : this.of(command, OTHERS);
  }

  #begin(command: string, client: string): CommandUse {
    const use = { command, client, calls: 0 };
    this.#uses.set(keyOf(command, client), use);
    this.#log({ level: "warn", message: `${command} is deprecated, and clients of version ${client} call it` });
    return use;
  }
}

function keyOf(command: string, client: string): string {
  return `${command} ${client}`;
}
