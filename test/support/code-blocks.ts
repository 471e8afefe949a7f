/** A block of code in a page. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** The line of the page that the code begins at, from 1. */
  readonly line: number;
  /** What the comment above it says, such as `example: examples/transport/duplex.ts`. */
  readonly comment: string | undefined;
}

/** The blocks of a page of Markdown, in order. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  for (const found of page.matchAll(/^(?:<!-- (.*) -->\n)?```(\w+)\n([\s\S]*?)^```$/gm)) {
    const [whole, comment, language = "", text = ""] = found;
    const line = page.slice(0, found.index + whole.indexOf("```")).split("\n").length + 1;
    blocks.push({ language, text, line, comment });
  }
  return blocks;
}
