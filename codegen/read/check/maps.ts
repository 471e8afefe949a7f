import type { FieldNode, MessageNode, Name } from "../syntax/ast.ts";
import type { CheckContext } from "./context.ts";

/** Other languages see an entry message for each map: `FooBarEntry` for `foo_bar`. Nothing else may have its name. */
export function checkMapEntryNames(context: CheckContext, message: MessageNode): void {
  const maps = message.fields.filter((field) => field.mapKey);
  if (maps.length === 0) return;
  const taken = new Map<string, Name>();
  for (const { name } of siblings(message)) taken.set(name.text, name);
  for (const map of maps) {
    const entry = entryName(map);
    const other = taken.get(entry);
    if (other) {
      const text = `the map ${map.name.text} implies a message ${entry}, which is also declared at ${context.where(other.at)}`;
      context.report(map.name.at, "MAP_ENTRY_CONFLICT", text, "rename one of the two");
    }
    taken.set(entry, map.name);
  }
}

function siblings({ messages, enums, fields, oneofs, extensions }: MessageNode): readonly { readonly name: Name }[] {
  return [...messages, ...enums, ...enums.flatMap((node) => node.values), ...fields, ...oneofs, ...extensions];
}

function entryName({ name }: FieldNode): string {
  const camel = name.text.replace(/(^|_+)([a-z]?)/g, (_, _underscores: string, letter: string) => letter.toUpperCase());
  return `${camel}Entry`;
}
