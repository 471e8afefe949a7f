import type { ClosedEnums } from "../build/builder.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { Scope } from "../link/scope.ts";
import type { Rule } from "../rules.ts";
import type { FileNode } from "../syntax/ast.ts";

/** What the rules know of the file that they check. */
export class CheckContext {
  readonly file: FileNode;
  readonly scope: Scope;
  readonly closedEnums: ClosedEnums;
  readonly #diagnostics: Diagnostics;

  constructor(scope: Scope, closedEnums: ClosedEnums, diagnostics: Diagnostics) {
    this.scope = scope;
    this.file = scope.file;
    this.closedEnums = closedEnums;
    this.#diagnostics = diagnostics;
  }

  get edition(): boolean {
    return this.file.syntax === "2023";
  }

  report(at: number, rule: Rule, message: string, remedy: string): void {
    this.#diagnostics.add(this.file.source, at, rule, message, remedy);
  }

  /** `line:column` of an earlier declaration, for messages. */
  where(at: number): string {
    const { line, column } = this.file.source.position(at);
    return `${line}:${column}`;
  }
}
