import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lintSchema } from "../../../codegen/lint/lint.ts";
import { optionalRuleNames, type RuleName, ruleNames } from "../../../codegen/lint/rule-names.ts";
import { defaultLintSettings } from "../../../codegen/lint/settings.ts";
import { readSchema } from "../../../codegen/read/read.ts";
import { runBuf, withFiles } from "../../support/buf.ts";
import { note } from "../../support/report.ts";
import { randomModule } from "./random-module.ts";

export const testTimeoutMs = 60_000;

const SEED = 4_711;

const test = suite("lint/buf");

/** What buf's categories have and zgen has not: options of other languages' files, and another product's rules. */
const bufYaml = `version: v2
lint:
  use: [STANDARD, COMMENTS]
  except:
    - PACKAGE_SAME_CSHARP_NAMESPACE
    - PACKAGE_SAME_GO_PACKAGE
    - PACKAGE_SAME_JAVA_MULTIPLE_FILES
    - PACKAGE_SAME_JAVA_PACKAGE
    - PACKAGE_SAME_PHP_NAMESPACE
    - PACKAGE_SAME_RUBY_PACKAGE
    - PACKAGE_SAME_SWIFT_PREFIX
    - PROTOVALIDATE
`;

interface BufFinding {
  readonly path: string;
  readonly start_line?: number;
  readonly type: string;
}

/** `file:line RULE`, each once and sorted. */
const lines = (findings: readonly string[]): readonly string[] => [...new Set(findings)].sort();

function findingsOfBuf(folder: string): readonly string[] {
  const output = runBuf(folder, "lint", "--error-format", "json");
  const findings = output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as BufFinding);
  return lines(findings.map(({ path, start_line: line = 1, type }) => `${path}:${line} ${type}`));
}

function findingsOfZgen(folder: string, files: readonly string[]): readonly string[] {
  const { schema, diagnostics } = readSchema({ files, roots: [folder] });
  assert.equal(diagnostics ?? [], []);
  const settings = { ...defaultLintSettings, enable: optionalRuleNames, replySuffixes: ["Response"] };
  return lines(lintSchema(schema!, settings, () => false).map(({ position: { file, line }, rule }) => `${file}:${line} ${rule}`));
}

test("zgen lint and buf lint find the same in 120 random packages, and every rule finds something", () => {
  const files = randomModule(SEED, 120);
  withFiles({ ...files, "buf.yaml": bufYaml }, (folder) => {
    const ours = findingsOfZgen(folder, Object.keys(files));
    const theirs = findingsOfBuf(folder);
    assert.equal(
      { missed: theirs.filter((each) => !ours.includes(each)), invented: ours.filter((each) => !theirs.includes(each)) },
      { missed: [], invented: [] },
    );
    const hits = new Map<string, number>(ruleNames.map((rule: RuleName) => [rule, 0]));
    for (const finding of ours) hits.set(finding.split(" ")[1]!, hits.get(finding.split(" ")[1]!)! + 1);
    note(`${[...hits].map(([rule, count]) => `${rule} ${count}`).join(", ")}`);
    assert.equal(
      [...hits].filter(([, count]) => count === 0).map(([rule]) => rule),
      [],
      "rules without a hit",
    );
  });
});

test("a message of several commands is found at each of them, as often as buf finds it", () => {
  const proto = `syntax = "proto3";
package a.v1;
message Shared {}
message Both {}
message Own {}
service First {
  rpc A(Shared) returns (Own);
  rpc B(Shared) returns (Both);
  rpc C(Both) returns (Both);
}
service Second {
  rpc D(Shared) returns (Shared);
}
`;
  const found = withFiles({ "a/v1/a.proto": proto, "buf.yaml": bufYaml }, (folder) => {
    const { schema } = readSchema({ files: ["a/v1/a.proto"], roots: [folder] });
    const ours = lintSchema(schema!, defaultLintSettings, () => false).filter(({ rule }) => rule === "RPC_REQUEST_RESPONSE_UNIQUE");
    const theirs = runBuf(folder, "lint", "--error-format", "json").match(/.*RPC_REQUEST_RESPONSE_UNIQUE.*/g) ?? [];
    return { ours: ours.map(({ position }) => position.line), theirs: theirs.map((line) => (JSON.parse(line) as BufFinding).start_line) };
  });
  assert.equal(found.ours.sort(), [7, 8, 8, 9, 9, 12, 12].sort());
  assert.equal(found.theirs.sort(), found.ours);
});

test("what zgen init makes is in style", () => {
  const starter = join(import.meta.dirname, "../../../codegen/starter");
  const { schema } = readSchema({ files: ["demo/v1/greeter.proto"], roots: [join(starter, "schemas")] });
  const settings = { ...defaultLintSettings, ...JSON.parse(readFileSync(join(starter, "zgen.json"), "utf8")).lint };
  assert.equal(
    lintSchema(schema!, settings, () => false).map(({ rule, message }) => `${rule}: ${message}`),
    [],
  );
});

test.run();
