import type { SchemaRelease } from "./service-type.ts";

/** A release whose clients are in the field, as `zgen generate` writes it from zgen.lock. */
export interface ReleasedSchema {
  readonly release: SchemaRelease;
  readonly services: readonly ReleasedService[];
}

/** A service as it was in a release. */
export interface ReleasedService {
  /** In hex, 16 digits. */
  readonly fingerprint: string;
  /** As in `ServiceSchema`: an encoded description in base64. */
  readonly description: string;
}
