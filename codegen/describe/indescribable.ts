import { CommandError } from "../../runtime/errors/command-error.ts";
import { descriptionLimits } from "../../runtime/schema/compatibility/description-limits.ts";
import { readDescription } from "../../runtime/schema/compatibility/read-description.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Schema } from "../model/schema.ts";
import { fingerprintsOf } from "./fingerprint.ts";

/** Services that are too large for a peer of another version to be told of them. */
export function indescribableServices(schema: Schema): readonly Diagnostic[] {
  const services = schema.files.flatMap((file) => file.services);
  if (services.length === 0) return [];
  const fingerprints = fingerprintsOf(schema);
  return services.flatMap(({ fullName, position }) => {
    const message = refusalOf(fingerprints.services.get(fullName)!.description);
    if (message === undefined) return [];
    return { position, rule: "SERVICE_DESCRIPTION", message: `${fullName} is too large: ${message}`, remedy: "split the service" };
  });
}

/** Whatever is counted takes a byte at least. */
const surelyDescribable = Math.min(...Object.values(descriptionLimits));

function refusalOf(description: Uint8Array): string | undefined {
  if (description.length <= surelyDescribable) return undefined;
  try {
    readDescription(description);
    return undefined;
  } catch (error) {
    if (CommandError.is(error)) return error.message;
    throw error;
  }
}
