import { toHex } from "../../runtime/bytes/hex.ts";
import { fingerprintsOf } from "../describe/fingerprint.ts";
import type { EmittedRelease } from "../emit/emit-releases.ts";
import type { Release } from "../evolve/lock/lock.ts";
import type { Schema } from "../model/schema.ts";
import type { Config } from "./config.ts";
import { readLock, schemaOfRelease } from "./lock-file.ts";

/** What generated code says of the project's releases. */
export interface Released {
  /** The release that the schemas are; undefined where they are none. */
  readonly version: string | undefined;
  /** Undefined before the first release. */
  readonly releases: readonly EmittedRelease[] | undefined;
}

/**
 * The releases of zgen.lock, and which of them a schema is: the last with the same services.
 *
 * @throws UsageError where the lock is not what `zgen release` wrote
 */
export function releasedOf(config: Pick<Config, "file">, schema: Schema): Released {
  const locked = readLock(config);
  if (locked.length === 0) return { version: undefined, releases: undefined };
  const root = toHex(fingerprintsOf(schema).root);
  return {
    version: locked.findLast((release) => release.root === root)?.version,
    releases: locked.filter((release) => release.root !== root).map(described),
  };
}

/** `--watch` asks for the same again and again. */
const known = new WeakMap<Release, EmittedRelease>();

function described(release: Release): EmittedRelease {
  const found = known.get(release) ?? { version: release.version, fingerprints: fingerprintsOf(schemaOfRelease(release)) };
  known.set(release, found);
  return found;
}
