/**
 * The text of a run of comments without its markers: `//` and one space behind it, or the frame of a block comment with the stars that begin
 * its lines. Trailing spaces and outer empty lines are dropped.
 */
export function commentText(run: string): string {
  const lines: string[] = [];
  let at = 0;
  while (at < run.length) {
    const start = run.indexOf("/", at);
    if (start < 0) break;
    if (run[start + 1] === "/") {
      const end = run.indexOf("\n", start);
      at = end < 0 ? run.length : end + 1;
      lines.push(run.slice(start + 2, end < 0 ? undefined : end).replace(/^ /, ""));
    } else {
      const end = run.indexOf("*/", start + 2);
      at = end < 0 ? run.length : end + 2;
      const body = run
        .slice(start + 2, end < 0 ? undefined : end)
        .replace(/^\*+/, "")
        .replace(/\*+$/, "");
      for (const line of body.split("\n")) lines.push(line.replace(/^\s*(\* ?)?/, ""));
    }
  }
  return trimEmptyLines(lines.map((line) => line.trimEnd())).join("\n");
}

function trimEmptyLines(lines: readonly string[]): readonly string[] {
  let from = 0;
  let to = lines.length;
  while (from < to && lines[from] === "") from++;
  while (to > from && lines[to - 1] === "") to--;
  return lines.slice(from, to);
}
