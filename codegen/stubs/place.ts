import { type ClassDeclaration, type Node, SyntaxKind } from "ts-morph";
import type { HandlerCommandView, HandlerView } from "../emit/handler-view.ts";
import type { Edit } from "./edit.ts";
import { indentationOf, styleOf } from "./style.ts";

/** Where a command's method goes: behind the handler of the command before it, or at the end of the class. */
export function insertionPoint(
  owner: ClassDeclaration,
  service: HandlerView,
  command: HandlerCommandView,
): { readonly at: number; readonly isFirst: boolean } {
  const before = service.commands.slice(0, service.commands.indexOf(command)).map(({ method }) => method);
  const members = owner.getMembers();
  const neighbour = members.findLast((each) => "getName" in each && before.includes(each.getName() as string)) ?? members.at(-1);
  if (neighbour !== undefined) return { at: behind(neighbour), isFirst: false };
  return { at: behind(openBrace(owner)), isFirst: before.length === 0 };
}

/** The brace that closes a class on one line goes to a line of its own, where something was added before it. */
export function closing(owner: ClassDeclaration, edits: readonly Edit[]): readonly Edit[] {
  const text = owner.getSourceFile().getFullText();
  const open = openBrace(owner).getEnd();
  const close = owner.getEnd() - 1;
  const body = text.slice(open, close);
  if (body.includes("\n") || !edits.some(({ from, to }) => from === to && from >= open && from <= close)) return [];
  return [{ from: open + body.trimEnd().length, to: close, text: `${styleOf(owner).newline}${indentationOf(owner)}` }];
}

/** The end of what stands there, with the comments that follow it on its line. */
function behind(node: Node): number {
  return node.getTrailingCommentRanges().at(-1)?.getEnd() ?? node.getEnd();
}

const openBrace = (owner: ClassDeclaration): Node => owner.getFirstChildByKindOrThrow(SyntaxKind.OpenBraceToken);
