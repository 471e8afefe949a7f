import type { Diagnostics } from "../diagnostics.ts";
import type { Rule } from "../rules.ts";
import type { Source } from "../source.ts";
import type { Name, TypeName } from "./ast.ts";
import { commentText } from "./comment.ts";
import { Lexer, type TokenKind } from "./lexer.ts";

/** Thrown by {@link Cursor.fail} to leave a statement; never leaves the parser. */
const syntaxFailure = new Error("syntax error, already reported");

/** Where the parser stands in a file: one token, what may be done with it, and how to go on after an error. */
export class Cursor {
  readonly source: Source;
  readonly diagnostics: Diagnostics;
  /** The text of the current token. That of a string has its quotes, so that it equals no keyword; that of the file's end is empty. */
  text = "";
  readonly #lexer: Lexer;
  #endReported = false;
  /** How many malformed tokens there were when the statement began. */
  #statementErrors = 0;

  constructor(source: Source, diagnostics: Diagnostics) {
    this.source = source;
    this.diagnostics = diagnostics;
    this.#lexer = new Lexer(source, diagnostics);
    this.advance();
  }

  get kind(): TokenKind {
    return this.#lexer.kind;
  }

  /** Offset of the current token. */
  get at(): number {
    return this.#lexer.start;
  }

  advance(): void {
    this.#lexer.next();
    this.text = this.source.text.slice(this.#lexer.start, this.#lexer.end);
  }

  /** Advances over `text` if that is the current token. */
  accept(text: string): boolean {
    if (this.text !== text) return false;
    this.advance();
    return true;
  }

  expect(text: string, where: string): void {
    if (!this.accept(text)) this.fail(`expected "${text}" ${where}, found ${this.found()}`, `write "${text}" here`);
  }

  identifier(what: string): Name {
    if (this.kind !== "identifier") this.fail(`expected ${what}, found ${this.found()}`, "a name begins with a letter or an underscore");
    const name = { text: this.text, at: this.at };
    this.advance();
    return name;
  }

  /** `a.b.c`, or `.a.b.c`. */
  qualifiedName(what: string): Name {
    const at = this.at;
    let text = this.accept(".") ? "." : "";
    text += this.identifier(what).text;
    while (this.accept(".")) text += `.${this.identifier(what).text}`;
    return { text, at };
  }

  /** A name that the linker is to resolve to a message or an enum. */
  typeName(what: string): TypeName {
    return { ...this.qualifiedName(what), target: undefined };
  }

  /** The comment directly before the current token. */
  comment(): string {
    const { commentStart, commentEnd, commentAttached } = this.#lexer;
    return commentStart >= 0 && commentAttached ? commentText(this.source.text.slice(commentStart, commentEnd)) : "";
  }

  /** The comment behind the token before the current one, on the same line. */
  trailingComment(): string {
    const { trailingStart, trailingEnd } = this.#lexer;
    return trailingStart >= 0 ? commentText(this.source.text.slice(trailingStart, trailingEnd)) : "";
  }

  /** The current token, as an error names it. */
  found(): string {
    return this.kind === "end" ? "the end of the file" : this.kind === "string" ? "a string" : `"${this.text.slice(0, 40)}"`;
  }

  report(at: number, rule: Rule, message: string, remedy: string): void {
    this.diagnostics.add(this.source, at, rule, message, remedy);
  }

  /** Reports a syntax error at the current token and leaves the statement: only one in a statement, and only one at the end of the file. */
  fail(message: string, remedy: string): never {
    if (!this.#endReported && this.#lexer.errors === this.#statementErrors) this.report(this.at, "SYNTAX", message, remedy);
    this.#endReported ||= this.kind === "end";
    throw syntaxFailure;
  }

  /** `{ statement … }`: each statement by itself, so that an error in one leaves the others. Returns the comment behind the brace. */
  block(what: string, statement: () => void): string {
    this.expect("{", `to open ${what}`);
    const comment = this.trailingComment();
    while (this.text !== "}") {
      if (this.kind === "end") this.fail(`${what} is not closed`, 'add the missing "}"');
      this.statement(statement);
    }
    this.advance();
    return comment;
  }

  /** Goes on behind the block or the bracketed value that begins here, without reading it. */
  skipNested(): void {
    let depth = 0;
    do {
      if (this.text === "{" || this.text === "<") depth++;
      else if (this.text === "}" || this.text === ">") depth--;
      this.advance();
    } while (depth > 0 && this.kind !== "end");
  }

  /** Runs `parse`; after a syntax error in it goes on behind the next `;` or block, or at the next `}`. */
  statement(parse: () => void): void {
    this.#statementErrors = this.#lexer.errors;
    try {
      parse();
    } catch (error) {
      if (error !== syntaxFailure) throw error;
      this.#skipStatement();
    }
  }

  #skipStatement(): void {
    let depth = 0;
    while (this.kind !== "end") {
      if (this.text === "}" && depth === 0) return;
      const last = depth === 0 && this.text === ";";
      if (this.text === "{") depth++;
      const closed = this.text === "}" && --depth === 0;
      this.advance();
      if (last || closed) return;
    }
  }
}
