import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Diagnostic } from "../../../codegen/model/diagnostic.ts";
import { rules } from "../../../codegen/read/rules.ts";
import { invalidSchemas } from "./invalid-schemas.ts";
import { diagnosticsOf } from "./read-text.ts";

const test = suite("read/rules");

const unmarked = (text: string): string => text.replace("«", "");
const others = (other: string | undefined): Record<string, string> => (other === undefined ? {} : { "other.proto": unmarked(other) });
const summary = ({ rule, message, position }: Diagnostic): Omit<Diagnostic, "remedy"> => ({ rule, message, position });

for (const { rule, message, text, other } of invalidSchemas) {
  test(`${rule}: ${message}`, () => {
    const file = text.includes("«") ? "test.proto" : "other.proto";
    const before = (file === "test.proto" ? text : other!).split("«")[0]!;
    const lines = before.split("\n");
    const actual = diagnosticsOf(unmarked(text), others(other));
    assert.equal(actual.map(summary), [{ rule, message, position: { file, line: lines.length, column: lines.at(-1)!.length + 1 } }]);
  });
}

test("every rule has an example", () => {
  const covered = new Set(invalidSchemas.map(({ rule }) => rule as string));
  const elsewhere = ["FILE_NOT_FOUND", "FILE_TOO_LARGE"];
  assert.equal(
    Object.keys(rules).filter((rule) => !covered.has(rule) && !elsewhere.includes(rule)),
    [],
  );
});

test("every remedy is one line", () => {
  for (const { text, other } of invalidSchemas) {
    const [diagnostic] = diagnosticsOf(unmarked(text), others(other));
    assert.match(diagnostic!.remedy, /^[^\n]{5,}$/);
  }
});

test.run();
