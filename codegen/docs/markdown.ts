/** A code span within a line. A backtick behind a backslash opens none. */
const codeSpan = /(?<![`\\])(`+)(?!`)[^`\n]*(?<!`)\1(?!`)/g;

/** A comment as Markdown without HTML: a schema is not trusted to put scripts on a page. What is written as code stays as it is. */
export function markdownOf(comment: string): string {
  let result = "";
  let at = 0;
  for (const { 0: span, index } of comment.matchAll(codeSpan)) {
    result += plainNames(withoutTags(comment.slice(at, index))) + span;
    at = index + span.length;
  }
  return (result + plainNames(withoutTags(comment.slice(at)))).trim();
}

/** Two underscores are part of a name, such as `__proto__`, and no stress. */
function plainNames(text: string): string {
  return text.replace(/(?<!\\)__+/g, escapeUnderscores);
}

/** A name as text: none of its underscores begins stress. */
export function escapeUnderscores(name: string): string {
  return name.replaceAll("_", "\\_");
}

/** Only before these does a `<` begin anything. */
function withoutTags(text: string): string {
  return text.replace(/<(?=[a-z/!?])/gi, "&lt;");
}
