import { createHash } from "node:crypto";
import { ReleaseDescription, ServiceDescription } from "../../generated/zserver/protocol/v1/schema.ts";
import { encode } from "../../runtime/schema/codec.ts";
import { FINGERPRINT_BYTES, ROOT_BYTES } from "../../runtime/schema/compatibility/fingerprint.ts";
import type { Schema } from "../model/schema.ts";
import { DescribedSchema } from "./described-schema.ts";
import { byName, describeService } from "./describe-service.ts";

/** A service's description as it travels. */
export interface ServiceFingerprint {
  /** Fully qualified. */
  readonly name: string;
  /** `FINGERPRINT_BYTES` bytes. */
  readonly fingerprint: Uint8Array;
  readonly description: Uint8Array;
}

/** What tells one state of a schema from another where they talk. */
export interface SchemaFingerprints {
  /** `ROOT_BYTES` bytes: of all services. */
  readonly root: Uint8Array;
  /** By full name. */
  readonly services: ReadonlyMap<string, ServiceFingerprint>;
}

/** Several rooms ask for those of one schema. */
const known = new WeakMap<Schema, SchemaFingerprints>();

/** Fingerprints of a schema, the services of files that it only imports among them. docs/PROTOCOL.md, "Schema descriptions". */
export function fingerprintsOf(schema: Schema): SchemaFingerprints {
  const found = known.get(schema) ?? makeFingerprints(schema);
  known.set(schema, found);
  return found;
}

function makeFingerprints(schema: Schema): SchemaFingerprints {
  const described = new DescribedSchema(schema);
  const services = described.services.map((service): ServiceFingerprint => {
    const description = encode(ServiceDescription, describeService(service, described).description);
    return { name: service.fullName, fingerprint: hash(description, FINGERPRINT_BYTES), description };
  });
  const release = { services: services.map(({ name, fingerprint }) => ({ name, fingerprint })).sort(byName) };
  return { root: hash(encode(ReleaseDescription, release), ROOT_BYTES), services: new Map(services.map((one) => [one.name, one])) };
}

function hash(bytes: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest()).subarray(0, length);
}
