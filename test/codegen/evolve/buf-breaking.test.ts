import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findBreaking } from "../../../codegen/evolve/breaking.ts";
import { bufRules } from "../../../codegen/evolve/breaking-rules.ts";
import { bufCategories, type Category } from "../../../codegen/evolve/rule.ts";
import type { Schema } from "../../../codegen/model/schema.ts";
import { readSchema } from "../../../codegen/read/read.ts";
import { runBuf, withFiles } from "../../support/buf.ts";
import { choiceOf } from "../../support/choice.ts";
import { note } from "../../support/report.ts";
import { edits } from "./random-edits.ts";
import { type FileText, print, randomFile } from "./random-schemas.ts";

export const testTimeoutMs = 120_000;

const test = suite("evolve/buf-breaking");

const FILES = 300;
const SEED = 815;

/** What buf has and zgen has not: rules about file options of other languages. */
const foreign = /^FILE_SAME_(?!PACKAGE|SYNTAX)|^FIELD_SAME_(CPP_STRING_TYPE|JAVA_UTF8_VALIDATION)$/;

function texts(files: readonly FileText[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file.name, print(file)]));
}

function read(folder: string, names: readonly string[]): Schema {
  const { schema, diagnostics } = readSchema({ files: names, roots: [folder] });
  if (schema === undefined)
    throw new Error(diagnostics.map(({ position, message }) => `${position.file}:${position.line}: ${message}`).join("\n"));
  return schema;
}

interface BufFinding {
  readonly path?: string;
  readonly type: string;
}

/** `file RULE`, as often as it was found; what is gone has no place in buf's eyes. */
function lines(findings: readonly { readonly file: string; readonly rule: string }[]): readonly string[] {
  return findings.map(({ file, rule }) => (/^PACKAGE_|^FILE_NO_DELETE$/.test(rule) ? rule : `${file} ${rule}`)).sort();
}

function findingsOfBuf(after: string, before: string, category: Category): readonly string[] {
  const config = JSON.stringify({ version: "v2", breaking: { use: [category] } });
  const output = runBuf(after, "breaking", "--against", before, "--error-format", "json", "--config", config);
  const findings = output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as BufFinding);
  return lines(findings.filter(({ type }) => !foreign.test(type)).map(({ path = "", type }) => ({ file: path, rule: type })));
}

/** What is in one list and not in the other. */
function difference(list: readonly string[], other: readonly string[]): readonly string[] {
  const rest = [...other];
  return list.filter((each) => {
    const at = rest.indexOf(each);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

test(`zgen breaking and buf breaking find the same in ${FILES} random changes, in every category, and every rule finds something`, () => {
  const choice = choiceOf(SEED);
  const before = Array.from({ length: FILES }, (_, number) => randomFile(choice, number));
  const after = structuredClone(before);
  const kinds = Object.entries(edits);
  for (const file of [...after]) for (let count = 1 + choice.below(2); count > 0; ) if (choice.of(kinds)[1](choice, file, after)) count--;
  withFiles(texts(before), (beforeFolder) =>
    withFiles(texts(after), (afterFolder) => {
      const schemas = [read(beforeFolder, Object.keys(texts(before))), read(afterFolder, Object.keys(texts(after)))] as const;
      const hits = new Map<string, number>(Object.keys(bufRules).map((rule) => [rule, 0]));
      for (const category of bufCategories) {
        const comparable = findBreaking(...schemas, category).filter(({ rule }) => rule in bufRules);
        const ours = lines(comparable.map(({ position: { file }, rule }) => ({ file, rule })));
        const theirs = findingsOfBuf(afterFolder, beforeFolder, category);
        assert.equal({ missed: difference(theirs, ours), invented: difference(ours, theirs) }, { missed: [], invented: [] }, category);
        for (const rule of ours.map((finding) => finding.split(" ").at(-1)!)) hits.set(rule, hits.get(rule)! + 1);
      }
      note([...hits].map(([rule, count]) => `${rule} ${count}`).join(", "));
      assert.equal(
        [...hits].filter(([, count]) => count === 0).map(([rule]) => rule),
        [],
        "rules without a hit",
      );
    }),
  );
});

test.run();
