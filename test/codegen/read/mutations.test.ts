import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatDiagnostic } from "../../../codegen/model/diagnostic.ts";
import { runProtoc } from "../../support/protoc.ts";
import { diagnosticsOf } from "./read-text.ts";
import { validSchemas } from "./valid-schemas.ts";

const test = suite("read/mutations");

/** Rules that protoc does not have. */
const own = /^(NONE|DEFERRED|ERROR|VIEW)_/;
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

test("zgen takes and rejects what protoc takes and rejects", () => {
  const random = seeded(2);
  const texts = Object.values(validSchemas);
  const pool = [...texts.flatMap(tokens).filter((token) => token.trim() !== ""), ...extra, ...keywords];
  const differences: string[] = [];
  const counts = { taken: 0, rejected: 0 };
  for (let run = 0; run < 400; run++) {
    const text = mutate(texts[random(texts.length)]!, pool, random);
    const { errors } = runProtoc({ "test.proto": text });
    const ours = diagnosticsOf(text).filter(({ rule }) => !own.test(rule));
    counts[errors === "" ? "taken" : "rejected"]++;
    if ((errors === "") !== (ours.length === 0)) differences.push(`${text}\n${errors}${ours.map(formatDiagnostic).join("\n")}`);
  }
  assert.is(differences.join("\n\n"), "");
  assert.ok(counts.taken > 50 && counts.rejected > 50, JSON.stringify(counts));
});

test.run();
