import { type ClassDeclaration, type ClassExpression, Node, type ObjectLiteralExpression, type SourceFile, SyntaxKind } from "ts-morph";
import type { HandlerView } from "../emit/handler-view.ts";
import type { ImportTable } from "./import-table.ts";

type Holder = ClassDeclaration | ClassExpression | ObjectLiteralExpression;

/** Handlers that are not in a class at the top of a file: they are the user's alone, and a person is told what they lack. */
export interface HandlersElsewhere {
  readonly service: HandlerView;
  /** From 1 on. */
  readonly line: number;
  readonly what: "class" | "object";
  /** Commands without a handler; empty where a spread or a base class may have any. */
  readonly missing: readonly string[];
}

/** Class expressions and classes within functions that implement a service's interface, and objects that are declared as one, or `satisfies` it. */
export function handlersElsewhere(
  source: SourceFile,
  services: readonly HandlerView[],
  imports: ImportTable,
): readonly HandlersElsewhere[] {
  const references = [
    ...source.getDescendantsOfKind(SyntaxKind.TypeReference),
    ...source.getDescendantsOfKind(SyntaxKind.ExpressionWithTypeArguments),
  ];
  return references.flatMap((reference): HandlersElsewhere[] => {
    const name = Node.isTypeReference(reference) ? reference.getTypeName() : reference.getExpression();
    const meaning = imports.meaning(name.getText());
    const service = services.find(({ module, handlers }) => meaning?.module === module && meaning.name === handlers);
    const holder = holderOf(reference);
    if (service === undefined || holder === undefined) return [];
    const what = Node.isObjectLiteralExpression(holder) ? "object" : "class";
    return [{ service, line: holder.getStartLineNumber(), what, missing: missingOf(holder, service) }];
  });
}

function holderOf(reference: Node): Holder | undefined {
  const parent = reference.getParent();
  if (Node.isHeritageClause(parent)) {
    const owner = parent.getParent();
    if (Node.isClassExpression(owner)) return owner;
    return Node.isClassDeclaration(owner) && !Node.isSourceFile(owner.getParent()) ? owner : undefined;
  }
  const typed = Node.isVariableDeclaration(parent) ? parent.getInitializer() : Node.isSatisfiesExpression(parent) && parent.getExpression();
  return Node.isObjectLiteralExpression(typed || undefined) ? (typed as ObjectLiteralExpression) : undefined;
}

function missingOf(holder: Holder, { commands }: HandlerView): readonly string[] {
  const members: readonly Node[] = Node.isObjectLiteralExpression(holder) ? holder.getProperties() : holder.getMembers();
  const mayHaveMore = Node.isObjectLiteralExpression(holder) ? members.some(Node.isSpreadAssignment) : holder.getExtends() !== undefined;
  const names = new Set(members.map((member) => (Node.hasName(member) ? member.getName() : "")));
  return mayHaveMore ? [] : commands.map(({ method }) => method).filter((method) => !names.has(method));
}
