import { messageOption } from "../options/resolved.ts";
import type { CheckContext } from "./context.ts";
import { optionAt } from "./option-at.ts";

/** Options of a file that editions have no use for. */
export function checkFileOptions(context: CheckContext): void {
  const { file } = context;
  if (!context.edition) return;
  const element = { ...file, name: { text: file.source.name, at: 0 } };
  if (file.resolvedOptions.values.java_string_check_utf8 !== undefined) {
    const remedy = "set features.(pb.java).utf8_validation instead";
    context.report(optionAt(element, "java_string_check_utf8"), "OPTION_MISFIT", "editions have no option java_string_check_utf8", remedy);
  }
  if (messageOption(file.resolvedOptions, "features").field_presence === "LEGACY_REQUIRED") {
    const at = optionAt(element, "features.field_presence", "features");
    context.report(at, "FEATURE_MISFIT", "fields cannot be required by default", "set it on the fields that are required");
  }
}
