/** The lines of a schema comment, with what could end a JavaScript comment broken up. Trailing blanks and blank edges are dropped. */
function safeLines(text: string): string[] {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => line.replaceAll("*/", "*\\/").trimEnd());
  while (lines.length > 0 && lines[0] === "") lines.shift();
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  return lines;
}

/** A JSDoc comment with a line break behind it, or nothing when there is nothing to say. */
export function docComment(text: string, indent = ""): string {
  const lines = safeLines(text);
  if (lines.length === 0) return "";
  const [first] = lines;
  if (lines.length === 1) return `${indent}/** ${first!.trimStart()} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}\n`).join("")}${indent} */\n`;
}

/** Text that is safe behind `//`. */
export function lineComment(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, " ");
}

/** A string literal. JSON's are JavaScript's; nothing in one can end it. */
export function literal(text: string): string {
  return JSON.stringify(text);
}
