import { fromHex, toHex } from "../../bytes/hex.ts";
import { ROOT_BYTES } from "../../schema/compatibility/fingerprint.ts";
import type { SchemaRelease } from "../../schema/service-type.ts";
import { ProtocolError } from "../../session/protocol-error.ts";

/** Services that a client names in its hello, and that a side compares later: as many as a program may be thought to have. */
export const NAMED_SERVICES = 512;
/** Schemas of which one program may have code. */
export const NAMED_ROOTS = 16;

/** The longest version of a release, in UTF-16 units: it is kept, logged and counted by. */
const VERSION_UNITS = 128;

/** The releases that a peer's code was made from, as it tells them. Throws ProtocolError. */
export function readReleases(roots: Uint8Array, versions: readonly string[]): readonly SchemaRelease[] {
  const long = versions.find(({ length }) => length > VERSION_UNITS);
  if (long !== undefined) throw new ProtocolError(`the version of a release has ${long.length} characters`);
  return splitFingerprints(roots, ROOT_BYTES, NAMED_ROOTS).map((root, index) => ({ root, version: versions[index] ?? "" }));
}

/** Fingerprints one behind the other. */
export function joinFingerprints(fingerprints: readonly string[]): Uint8Array {
  return fromHex(fingerprints.join(""));
}

/** The fingerprints of so many bytes each that a peer sent one behind the other, in hex. Throws ProtocolError. */
export function splitFingerprints(joined: Uint8Array, bytes: number, most: number): readonly string[] {
  const count = joined.length / bytes;
  if (!Number.isInteger(count) || count > most) throw new ProtocolError(`${joined.length} bytes of fingerprints`);
  const fingerprints = Array.from({ length: count }, (_, index) => toHex(joined.subarray(index * bytes, (index + 1) * bytes)));
  if (new Set(fingerprints).size < count) throw new ProtocolError("a fingerprint came twice");
  return fingerprints;
}
