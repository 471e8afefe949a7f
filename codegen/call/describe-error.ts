import type { CommandError, ErrorDetail } from "../../runtime/public.ts";
import type { Code } from "./code.ts";

/** What `zgen call` says of a command that failed: code and message, whether it may have run, and each detail. */
export function describeError(error: CommandError, code: Code): readonly string[] {
  const ran = error.outcome === "NOT_RUN" ? "it did not run" : "it may have run";
  const incident = error.incident === undefined ? "" : `; incident ${error.incident}`;
  return [`${error.code}: ${error.message} (${ran}${incident})`, ...error.details.map((detail) => `  ${describeDetail(detail, code)}`)];
}

function describeDetail(detail: ErrorDetail, { types, json }: Code): string {
  const type = types.message(detail.type);
  if (type === undefined) return `${detail.type}, ${detail.value.length} bytes that this schema does not know`;
  return `${detail.type} ${JSON.stringify(json.toJson(type, detail.decode(type.type) as never, { types }))}`;
}
