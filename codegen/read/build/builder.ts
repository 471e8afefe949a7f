import { type Features, fileFeatures, ownFeatures } from "../features.ts";
import type { Scope } from "../link/scope.ts";
import { isDeprecated, type ResolvedOptions } from "../options/resolved.ts";
import type { EnumNode, FileNode, MessageNode } from "../syntax/ast.ts";

/** Which enums of a schema are closed. Features pass from the outside in, so that this is settled before any field asks. */
export type ClosedEnums = ReadonlySet<EnumNode>;

/** What the builders of one file's elements share. */
export class Builder {
  readonly file: FileNode;
  readonly scope: Scope;
  readonly features: Features;
  /** The whole file is. */
  readonly deprecated: boolean;
  readonly #closed: ClosedEnums;

  constructor(scope: Scope, closed: ClosedEnums) {
    this.scope = scope;
    this.file = scope.file;
    this.features = fileFeatures(scope.file);
    this.deprecated = isDeprecated(scope.file.resolvedOptions);
    this.#closed = closed;
  }

  featuresOf(node: { readonly resolvedOptions: ResolvedOptions }, parent: Features): Features {
    return ownFeatures(parent, node.resolvedOptions);
  }

  isClosed(node: EnumNode): boolean {
    return this.#closed.has(node);
  }
}

export function closedEnums(files: Iterable<FileNode>): ClosedEnums {
  const closed = new Set<EnumNode>();
  for (const file of files) collect(file, fileFeatures(file), closed);
  return closed;
}

function collect(owner: Pick<MessageNode, "messages" | "enums">, features: Features, closed: Set<EnumNode>): void {
  for (const node of owner.enums) if (ownFeatures(features, node.resolvedOptions).enum_type === "CLOSED") closed.add(node);
  for (const message of owner.messages) collect(message, ownFeatures(features, message.resolvedOptions), closed);
}
