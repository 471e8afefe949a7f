import { decodeBase64 } from "../../bytes/base64.ts";
import type { Described } from "./described.ts";
import type { ReleasedSchema } from "../../schema/released-schema.ts";
import { readDescription } from "../../schema/compatibility/read-description.ts";

/** Descriptions that clients gave, and their bytes: what a few hundred services of releases that the server does not keep take. */
const REMEMBERED = 256;
const REMEMBERED_BYTES = 4_194_304;

/** Services of other releases by their fingerprints: those that the server was given to keep, and the last that clients described. */
export class KnownDescriptions {
  /** The versions of the releases by their roots. */
  readonly versions: ReadonlyMap<string, string>;
  /** In base64. */
  readonly #released: ReadonlyMap<string, string>;
  readonly #recent = new Map<string, Described>();
  #bytes = 0;

  constructor(releases: readonly ReleasedSchema[]) {
    this.versions = new Map(releases.map(({ release: { root, version } }) => [root, version]));
    const services = releases.flatMap((release) => release.services);
    this.#released = new Map(services.map(({ fingerprint, description }) => [fingerprint, description]));
  }

  get(fingerprint: string): Described | undefined {
    const recent = this.#recent.get(fingerprint);
    if (recent !== undefined) return this.remember(recent);
    const released = this.#released.get(fingerprint);
    return released === undefined ? undefined : this.remember(readReleased(fingerprint, released));
  }

  /** The one that was not asked for the longest goes first. */
  remember(described: Described): Described {
    this.#forget(described.fingerprint);
    this.#recent.set(described.fingerprint, described);
    this.#bytes += described.bytes.length;
    for (const fingerprint of this.#recent.keys()) {
      if (this.#recent.size <= REMEMBERED && this.#bytes <= REMEMBERED_BYTES) break;
      this.#forget(fingerprint);
    }
    return described;
  }

  #forget(fingerprint: string): void {
    this.#bytes -= this.#recent.get(fingerprint)?.bytes.length ?? 0;
    this.#recent.delete(fingerprint);
  }
}

function readReleased(fingerprint: string, description: string): Described {
  const bytes = decodeBase64(description)!;
  return { name: readDescription(bytes).name, fingerprint, bytes };
}
