import type { Diagnostics } from "../diagnostics.ts";
import type { Source } from "../source.ts";

export type TokenKind = "identifier" | "integer" | "float" | "string" | "symbol" | "end";

const zero = 48;
const newline = 10;

/**
 * Splits a `.proto` file into tokens, one at a time. The current token is in `kind`, `start` and `end` (offsets); the comments between it and
 * the token before are in the `comment…` and `trailing…` offsets (-1: none). Malformed tokens are reported and passed on, so that the parser
 * sees a token in their place.
 *
 * Source: https://protobuf.com/docs/language-spec#lexical-elements
 */
export class Lexer {
  kind: TokenKind = "symbol";
  start = 0;
  end = 0;
  /** The last run of comments before the token without a blank line in it. */
  commentStart = -1;
  commentEnd = -1;
  /** No blank line separates that run from the token. */
  commentAttached = false;
  /** A comment behind the previous token, alone to the end of its line. */
  trailingStart = -1;
  trailingEnd = -1;

  /** How many malformed tokens and comments there were so far. */
  errors = 0;

  readonly #text: string;
  readonly #source: Source;
  readonly #diagnostics: Diagnostics;

  constructor(source: Source, diagnostics: Diagnostics) {
    this.#source = source;
    this.#text = source.text;
    this.#diagnostics = diagnostics;
    if (this.#text.charCodeAt(0) === 0xfeff) this.end = 1;
  }

  next(): void {
    const text = this.#text;
    const at = this.#skipToToken(this.end);
    this.start = at;
    if (at >= text.length) {
      this.kind = "end";
      this.end = at;
      return;
    }
    const code = text.charCodeAt(at);
    if (isLetter(code)) {
      this.kind = "identifier";
      let end = at + 1;
      while (isLetterOrDigit(text.charCodeAt(end))) end++;
      this.end = end;
    } else if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(at + 1)))) {
      this.#number(at);
    } else if (code === 34 || code === 39) {
      this.#string(at, code);
    } else {
      this.kind = "symbol";
      this.end = at + 1;
      if (code < 32 || code > 126) this.#invalidCharacter(at);
    }
  }

  /** The offset of the next token; notes the comments on the way. */
  #skipToToken(from: number): number {
    const text = this.#text;
    const first = from === 0 || (from === 1 && text.charCodeAt(0) === 0xfeff);
    let at = from;
    let lines = 0;
    let sameLine = !first;
    this.commentStart = this.trailingStart = -1;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === newline) {
        lines++;
        sameLine = false;
        at++;
      } else if (isSpace(code)) {
        at++;
      } else if (code === 47 && (text.charCodeAt(at + 1) === 47 || text.charCodeAt(at + 1) === 42)) {
        const end = this.#comment(at);
        if (sameLine && this.commentStart < 0 && lineEndsAt(text, end)) {
          this.trailingStart = at;
          this.trailingEnd = end;
        } else {
          if (this.commentStart < 0 || lines > 1) this.commentStart = at;
          this.commentEnd = end;
        }
        lines = 0;
        at = end;
      } else {
        this.commentAttached = lines <= 1;
        return at;
      }
    }
  }

  /** The offset behind the comment at `at`; a line comment ends before its line break. */
  #comment(at: number): number {
    const line = this.#text.charCodeAt(at + 1) === 47;
    const end = line ? this.#text.indexOf("\n", at) : this.#text.indexOf("*/", at + 2);
    if (end >= 0) return line ? end : end + 2;
    if (!line) this.#report(at, "the comment is not closed", "end it with */");
    return this.#text.length;
  }

  #number(at: number): void {
    const text = this.#text;
    let end = at;
    this.kind = "integer";
    const second = text.charCodeAt(at + 1) | 32;
    if (text.charCodeAt(at) === zero && second === 120) {
      end += 2;
      while (isHexDigit(text.charCodeAt(end))) end++;
      if (end === at + 2) this.#report(at, "0x is not followed by hexadecimal digits", "write at least one digit, for example 0x0");
    } else {
      end = this.#decimal(at);
    }
    this.end = end;
    const behind = text.charCodeAt(end);
    if (isLetter(behind)) this.#report(end, "a name follows a number directly", "put a space between them");
    else if (behind === 46) this.#report(end, "the number has a second point", "write one decimal point at most");
  }

  #decimal(at: number): number {
    const text = this.#text;
    let end = at;
    while (isDigit(text.charCodeAt(end))) end++;
    const integerEnd = end;
    if (text.charCodeAt(end) === 46) {
      end++;
      while (isDigit(text.charCodeAt(end))) end++;
    }
    if ((text.charCodeAt(end) | 32) === 101) {
      end++;
      if (text.charCodeAt(end) === 43 || text.charCodeAt(end) === 45) end++;
      if (!isDigit(text.charCodeAt(end)))
        this.#report(at, `the exponent of ${text.slice(at, end)} has no digits`, "write at least one digit behind the e");
      while (isDigit(text.charCodeAt(end))) end++;
    }
    if (end > integerEnd) this.kind = "float";
    else if (text.charCodeAt(at) === zero && /[89]/.test(text.slice(at, end))) {
      this.#report(at, `${text.slice(at, end)} is not an octal number`, "remove the leading 0, or use the digits 0 to 7");
    }
    return end;
  }

  /** Reads over the literal; its escapes are the parser's affair. */
  #string(at: number, quote: number): void {
    const text = this.#text;
    this.kind = "string";
    let end = at + 1;
    for (;;) {
      const code = text.charCodeAt(end);
      if (code === quote) {
        this.end = end + 1;
        return;
      }
      if (code === newline || Number.isNaN(code)) {
        this.#report(at, "the string is not closed on its line", `end it with ${text[at]}; adjacent strings are joined`);
        this.end = end;
        return;
      }
      end += code === 92 && text.charCodeAt(end + 1) !== newline ? 2 : 1;
    }
  }

  #invalidCharacter(at: number): void {
    const point = this.#text.codePointAt(at)!;
    this.end = at + (point > 0xffff ? 2 : 1);
    this.#report(
      at,
      `the character U+${point.toString(16).toUpperCase().padStart(4, "0")} is not allowed here`,
      "use it in strings and comments only",
    );
  }

  #report(at: number, message: string, remedy: string): void {
    this.errors++;
    this.#diagnostics.add(this.#source, at, "SYNTAX", message, remedy);
  }
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetterOrDigit(code: number): boolean {
  return isLetter(code) || isDigit(code);
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102);
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Nothing but spaces comes between `at` and the end of its line. */
function lineEndsAt(text: string, at: number): boolean {
  let end = at;
  while (isSpace(text.charCodeAt(end)) && text.charCodeAt(end) !== newline) end++;
  return end >= text.length || text.charCodeAt(end) === newline;
}
