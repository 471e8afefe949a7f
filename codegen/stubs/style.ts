import type { ClassDeclaration, Node } from "ts-morph";

/** How a file is written, so that what is added looks like the rest of it. */
export interface Style {
  readonly newline: string;
  readonly quote: string;
  readonly semicolon: string;
  /** One step. */
  readonly indent: string;
}

export const defaultStyle: Style = { newline: "\n", quote: '"', semicolon: ";", indent: "  " };

export function styleOf(owner: ClassDeclaration): Style {
  const source = owner.getSourceFile();
  const text = source.getFullText();
  const [first] = source.getImportDeclarations();
  return {
    newline: text.includes("\r\n") ? "\r\n" : "\n",
    quote: first?.getModuleSpecifier().getText().charAt(0) ?? defaultStyle.quote,
    semicolon: first === undefined || first.getText().endsWith(";") ? ";" : "",
    indent: indentOf(owner) ?? defaultStyle.indent,
  };
}

/** What the first member of a class stands behind, less what the class does. */
function indentOf(owner: ClassDeclaration): string | undefined {
  const [member] = owner.getMembers();
  if (member === undefined) return undefined;
  const outer = indentationOf(owner);
  const inner = indentationOf(member);
  return inner.startsWith(outer) && inner !== outer ? inner.slice(outer.length) : undefined;
}

/** The blanks before the line that something begins on, as they are written. */
export function indentationOf(node: Node): string {
  const text = node.getSourceFile().getFullText();
  const line = text.lastIndexOf("\n", node.getStart(true) - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line))![0];
}
