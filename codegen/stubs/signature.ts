import {
  type ArrowFunction,
  type ClassMemberTypes,
  type FunctionExpression,
  type MethodDeclaration,
  Node,
  SyntaxKind,
  type TypeNode,
} from "ts-morph";
import type { HandlerCommandView, MessageRef } from "../emit/handler-view.ts";
import type { Edit } from "./edit.ts";
import type { ImportTable } from "./import-table.ts";
import type { GeneratedModules } from "./modules.ts";

/** What handles a command: a method, or a property that holds a function. */
export type HandlerFunction = MethodDeclaration | ArrowFunction | FunctionExpression;

/** The function in a member of a class, if it is one that can handle a command. */
export function handlerFunction(member: ClassMemberTypes): HandlerFunction | undefined {
  if (Node.isMethodDeclaration(member)) return member.isStatic() ? undefined : member;
  if (!Node.isPropertyDeclaration(member) || member.isStatic()) return undefined;
  const value = member.getInitializer();
  return Node.isArrowFunction(value) || Node.isFunctionExpression(value) ? value : undefined;
}

/**
 * Lets a signature follow the schema: a name of a generated message that the command does not have becomes the one that it has, in the types of the
 * parameters and of the result. Types of the user's own, and how the types are written, stay.
 */
export function signatureEdits(
  handler: HandlerFunction,
  command: HandlerCommandView,
  imports: ImportTable,
  modules: GeneratedModules,
): Edit[] {
  const [request, context] = handler.getParameters();
  const follow = (node: TypeNode | undefined, message: MessageRef, part: "type" | "init"): Edit[] =>
    node === undefined
      ? []
      : strangers(node, message, imports, modules).map((stranger) => ({
          ...stranger,
          text: imports.use(message.module, message[part], true),
        }));
  return [
    ...follow(request?.getTypeNode(), command.request, "type"),
    ...follow(context?.getTypeNode(), command.reply, "init"),
    ...follow(handler.getReturnTypeNode(), command.reply, "init"),
  ];
}

/** Where a type names generated messages other than this one. */
function strangers(
  node: TypeNode,
  { module, type, init }: MessageRef,
  imports: ImportTable,
  modules: GeneratedModules,
): Omit<Edit, "text">[] {
  const identifiers = node.isKind(SyntaxKind.Identifier) ? [node] : node.getDescendantsOfKind(SyntaxKind.Identifier);
  return identifiers.flatMap((identifier) => {
    const meaning = imports.meaning(identifier.getText());
    if (meaning === undefined || !modules.isGenerated(meaning.module)) return [];
    if (meaning.module === module && (meaning.name === type || meaning.name === init)) return [];
    return [{ from: identifier.getStart(), to: identifier.getEnd() }];
  });
}

/** Whether a function takes what handlers take: a context of zserver's, or messages that zgen writes or wrote. */
export function looksLikeHandler(handler: HandlerFunction, imports: ImportTable, modules: GeneratedModules): boolean {
  return handler.getParameters().some((parameter) =>
    (parameter.getTypeNode()?.getDescendantsOfKind(SyntaxKind.Identifier) ?? []).some((identifier) => {
      const meaning = imports.meaning(identifier.getText());
      if (meaning === undefined) return false;
      return modules.isGenerated(meaning.module) || (meaning.module === "zserver" && /^(Deferred)?Context$/.test(meaning.name));
    }),
  );
}

/** Whether a handler's function is of the kind that its command has now, as far as its signature tells. */
export function fitsKind(handler: HandlerFunction, { kind, blobs }: HandlerCommandView): boolean {
  const takesStream = /^Async(Iterable|Generator|IterableIterator)\b/.test(handler.getParameters()[0]?.getTypeNode()?.getText() ?? "");
  const streams = !Node.isArrowFunction(handler) && handler.isGenerator();
  const known = handler.getParameters()[0]?.getTypeNode() !== undefined;
  if (streams && (blobs?.reply || (kind !== "server_stream" && kind !== "bidi_stream"))) return false;
  return !known || takesStream === (!blobs?.request && (kind === "client_stream" || kind === "bidi_stream"));
}
