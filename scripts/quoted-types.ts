import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Pages that quote the types of a source file. */
export const quotingPages: readonly string[] = ["docs/TEMPLATES.md"];

/** A page with each block that follows `<!-- types: FILE -->` replaced by what that file declares. */
export function quoteTypes(root: string, page: string): string {
  return page.replace(
    /(<!-- types: (\S+) -->\n```ts\n)[\s\S]*?```/g,
    (_, head: string, file: string) => `${head}${typesOf(join(root, file))}\`\`\``,
  );
}

/** What a file declares, from behind its imports. */
function typesOf(file: string): string {
  const text = readFileSync(file, "utf8");
  return text.slice(text.search(/^(\/\*\*.*\n)?export /m));
}
