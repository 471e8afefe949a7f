import type { SourceFile } from "./imports.ts";

export interface FunctionSize {
  /** `file:line`, as editors understand it. */
  readonly where: string;
  readonly lines: number;
}

/** A line that opens a function, method or arrow with a body. Formatted code closes it with a `}` at the same indentation. */
const opening = /^(\s*)(?!\s)(?!(?:if|for|while|switch|catch|else|do|try|with)\b|\}).*(?:\)(?::[^=]+)?|=>) \{$/;

/** The functions of a file that `biome format` wrote, with their lines from the first to the closing brace. */
export function functionSizes(file: SourceFile): FunctionSize[] {
  const lines = file.text.split("\n");
  const sizes: FunctionSize[] = [];
  for (const [index, line] of lines.entries()) {
    const indentation = opening.exec(line)?.[1];
    if (indentation === undefined) continue;
    const length = lines.slice(index + 1).findIndex((other) => other.startsWith(`${indentation}}`));
    if (length >= 0) sizes.push({ where: `${file.name}:${index + 1}`, lines: length + 2 });
  }
  return sizes;
}
