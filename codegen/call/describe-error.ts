import type { CommandError, ErrorDetail } from "../../runtime/public.ts";
import type { Code } from "./code.ts";

/** What `zgen call` says of a command that failed: code and message, whether it may have run, and each detail. */
export function describeError(error: CommandError, code: Code): readonly string[] {
  const ran = error.outcome === "NOT_RUN" ? "it did not run" : "it may have run";
  const incident = error.incident === undefined ? "" : `; incident ${printable(error.incident)}`;
  return [
    `${error.code}: ${printable(error.message)} (${ran}${incident})`,
    ...error.details.map((detail) => `  ${describeDetail(detail, code)}`),
  ];
}

function describeDetail(detail: ErrorDetail, { types, json }: Code): string {
  const type = types.message(detail.type);
  if (type === undefined) return `${printable(detail.type)}, ${detail.value.length} bytes that this schema does not know`;
  return `${detail.type} ${JSON.stringify(json.toJson(type, detail.decode(type.type) as never, { types }))}`;
}

/** A server's text, without power over the terminal: control characters, which move its cursor or worse, are shown escaped. */
export function printable(text: string): string {
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.trimEnd().replace(/[^\P{Cc}\n\t]/gu, escaped);
}
