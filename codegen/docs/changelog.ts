import type { Change } from "../evolve/difference/changes.ts";
import type { Difference } from "../evolve/difference/difference.ts";
import { markdownOf } from "./markdown.ts";

const titles: readonly (readonly [what: Change["what"], title: string])[] = [
  ["added", "Added"],
  ["changed", "Changed"],
  ["deprecated", "Deprecated"],
  ["removed", "Removed"],
];

/**
 * A section of a changelog, in Markdown, for people who write against the schema.
 *
 * @param title such as the version
 */
export function renderChanges(title: string, { breaks, changes, otherwise }: Difference): string {
  const sections = [
    section(
      "Breaking",
      // COMMAND_NO_DELETE says the same.
      breaks.filter(({ rule }) => rule !== "RPC_NO_DELETE").map(({ rule, message }) => `- ${message} (${rule})`),
    ),
    ...titles.map(([what, heading]) => section(heading, changes.filter((change) => change.what === what).map(changeLine))),
    section(
      "Other",
      otherwise.map((file) => `- other changes in \`${file}\``),
    ),
  ];
  return [`## ${title}\n`, ...sections].filter((part) => part !== "").join("\n");
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `### ${title}\n\n${lines.join("\n")}\n`;
}

function changeLine({ kind, name, detail, comment }: Change): string {
  // The first paragraph says what it is; the rest is for the reference.
  const about = markdownOf(comment.split(/\n\s*\n/)[0]!).replace(/\s*\n\s*/g, " ");
  return `- ${[`${kind} \`${name}\``, [detail, about].filter(Boolean).join(". ")].filter(Boolean).join(": ")}`;
}

const HEAD = "# Changelog of the schemas\n";

/** A changelog with one more section on top of the others. What people wrote into it stays. */
export function withSection(changelog: string | undefined, section: string): string {
  const text = changelog ?? HEAD;
  const first = /^## /m.exec(text)?.index ?? text.length;
  const [head, rest] = [text.slice(0, first).trimEnd(), text.slice(first)];
  return `${head}\n\n${section}${rest === "" ? "" : `\n${rest}`}`;
}
