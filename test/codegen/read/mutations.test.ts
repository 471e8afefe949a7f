import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Diagnostic, formatDiagnostic } from "../../../codegen/model/diagnostic.ts";
import { readLimits } from "../../../codegen/read/limits.ts";
import { readSchema } from "../../../codegen/read/read.ts";
import { type Rule, rules } from "../../../codegen/read/rules.ts";
import { runProtoc, runProtocOnSchemas } from "../../support/protoc.ts";
import { note } from "../../support/report.ts";
import { invalidSchemas } from "./invalid-schemas.ts";
import { diagnosticsOf } from "./read-text.ts";
import { validSchemas } from "./valid-schemas.ts";

export const testTimeoutMs = 60_000;

const test = suite("read/mutations");

/** Where zgen rejects what protoc takes, and why. There is nothing that zgen takes and protoc rejects. */
const exceptions: Readonly<Partial<Record<Rule, string>>> = {
  BLOB_FIELD: "zserver.Blob stands for bytes that travel apart; protoc takes it for a message as any other",
  BLOB_ONE_WAY: "zserver.Blob again: whoever sends one is told whether it came whole",
  BLOB_STREAM: "zserver.Blob again: it is a stream already",
  COMPRESSED_BLOB: "an option of zserver's own: what a blob is made of knows best how it is made small",
  COMPRESSED_SECRET: "an option of zserver's own: what is compressed beside a secret measures it",
  DEFERRED_NOT_UNARY: "an option of zserver's own, which means nothing elsewhere",
  ERROR_TWICE: "an option of zserver's own: an error's type tells which it is",
  ERROR_UNRESOLVED: "an option of zserver's own: code cannot import what is not there",
  FILE_TOO_LARGE: "a bound on memory, 16 times above the largest public schemas; protoc ends at 2 GiB",
  IDLE_NOT_STREAM: "an option of zserver's own: what has no stream has no pause in it",
  IN_LANE_NOT_BLOB: "an option of zserver's own: what is no blob comes at once",
  NONE_REQUEST: "zserver.None says that a command has no reply; protoc takes it for a message as any other",
  NONE_STREAM: "zserver.None again: nothing cannot be streamed",
  VIEW_NOT_BYTES: "an option of zserver's own, which means nothing elsewhere",
  VOLATILE_NOT_ONE_WAY: "an option of zserver's own: what awaits a reply cannot be dropped",
};

/** How often each rule was broken, by hand and at random. */
const hits = new Map<string, number>(Object.keys(rules).map((rule) => [rule, 0]));

type Verdict = "alike" | "zgen rejects, protoc takes" | "zgen takes, protoc rejects";

function compare(diagnostics: readonly Diagnostic[], protocErrors: string): Verdict {
  for (const rule of new Set(diagnostics.map((diagnostic) => diagnostic.rule))) hits.set(rule, hits.get(rule)! + 1);
  const rejected = diagnostics.some(({ rule }) => !Object.hasOwn(exceptions, rule));
  if (rejected === (protocErrors !== "")) return "alike";
  return rejected ? "zgen rejects, protoc takes" : "zgen takes, protoc rejects";
}

const extra = [
  ..."{}[]()<>;,.:=-",
  "0",
  "1",
  "-1",
  "19000",
  "536870912",
  "2147483648",
  "1.5",
  "0x10",
  "010",
  "max",
  "to",
  '"a"',
  "true",
  "inf",
  "string",
  "bytes",
];
const keywords = [
  "optional",
  "required",
  "repeated",
  "group",
  "map",
  "message",
  "enum",
  "oneof",
  "reserved",
  "extensions",
  "extend",
  "option",
  "default",
];

type Random = (below: number) => number;

/** Numerical Recipes' linear congruential generator: the same mutations in every run. */
function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function tokens(text: string): string[] {
  return text.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*|\d[\w.+]*|\s+|./gs) ?? [];
}

const kinds = [/^[A-Z_]+$/, /^[a-z]/, /^[A-Z]/, /^\d/, /^["']/];
const kindOf = (token: string): number => kinds.findIndex((kind) => kind.test(token));

/** Removes, repeats, adds, swaps, or puts another token of the same kind in the place of one. */
function mutate(text: string, pool: readonly string[], random: Random): string {
  const list = tokens(text);
  const at = random(list.length);
  const other = random(list.length);
  const fresh = pool[random(pool.length)]!;
  const alike = list.filter((token) => kindOf(token) >= 0 && kindOf(token) === kindOf(list[at]!));
  const edits = [
    () => list.splice(at, 1),
    () => list.splice(at, 0, list[at]!),
    () => list.splice(at, 0, " ", fresh, " "),
    () => list.splice(at, 1, fresh),
    () => list.splice(at, 1, list[other]!),
    () => alike.length > 0 && list.splice(at, 1, alike[random(alike.length)]!),
  ];
  edits[random(edits.length)]!();
  return list.join("");
}

test("each schema that was made invalid by hand is rejected by protoc too, but for the exceptions", () => {
  const unmarked = (text: string): string => text.replace("«", "");
  const differences = invalidSchemas.filter(({ text, other }) => {
    const others: Record<string, string> = other === undefined ? {} : { "other.proto": unmarked(other) };
    return compare(diagnosticsOf(unmarked(text), others), runProtoc({ "test.proto": unmarked(text), ...others }).errors) !== "alike";
  });
  assert.equal(
    differences.map(({ text }) => text),
    [],
  );
});

test("each exception is one: protoc takes the schema", () => {
  const excepted = invalidSchemas.filter(({ rule }) => Object.hasOwn(exceptions, rule));
  assert.ok(excepted.every(({ ours }) => ours) && Object.keys(exceptions).length <= 15);
  const made = new Set(excepted.map(({ rule }) => rule)).add("FILE_TOO_LARGE");
  assert.equal([...made].sort(), Object.keys(exceptions));
});

test("files that are not there, or too large", () => {
  assert.is(
    compare(readSchema({ files: ["absent.proto"], roots: [] }).diagnostics ?? [], runProtocOnSchemas(["absent.proto"]).errors),
    "alike",
  );
  const large = 'syntax = "proto3";'.padEnd(readLimits.fileLength + 1);
  assert.is(compare(diagnosticsOf(large), runProtoc({ "test.proto": large }).errors), "alike");
});

test("of valid schemas that were changed at random, zgen takes and rejects what protoc does", () => {
  const random = seeded(2);
  const texts = Object.values(validSchemas);
  const pool = [...texts.flatMap(tokens).filter((token) => token.trim() !== ""), ...extra, ...keywords];
  const differences: string[] = [];
  const counts = { taken: 0, rejected: 0 };
  for (let run = 0; run < 400; run++) {
    const text = mutate(texts[random(texts.length)]!, pool, random);
    const { errors } = runProtoc({ "test.proto": text });
    const ours = diagnosticsOf(text);
    counts[errors === "" ? "taken" : "rejected"]++;
    const verdict = compare(ours, errors);
    if (verdict !== "alike") differences.push(`${verdict}:\n${text}\n${errors}${ours.map(formatDiagnostic).join("\n")}`);
  }
  assert.is(differences.join("\n\n"), "");
  assert.ok(counts.taken > 50 && counts.rejected > 50, JSON.stringify(counts));
});

test("every diagnostic was hit", () => {
  note([...hits].map(([rule, count]) => `${rule} ${count}`).join(", "));
  assert.equal(
    [...hits].filter(([, count]) => count === 0).map(([rule]) => rule),
    [],
  );
});

test.run();
