import type { MessageNode } from "../syntax/ast.ts";
import type { CheckContext } from "./context.ts";

/** A oneof has something to choose from. */
export function checkOneofs(context: CheckContext, { oneofs }: MessageNode): void {
  if (context.file.broken) return;
  for (const { name, fields } of oneofs) {
    if (fields.length === 0)
      context.report(name.at, "ONEOF_EMPTY", `the oneof ${name.text} has no fields`, "declare at least one field in it");
  }
}
