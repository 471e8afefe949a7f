import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findBreaking } from "../../../codegen/evolve/breaking.ts";
import { sessionRules } from "../../../codegen/evolve/breaking-rules.ts";
import type { Category } from "../../../codegen/evolve/rule.ts";
import { schemaOf } from "../../support/schema/shapes.ts";

const test = suite("evolve/session-rules");

/** What peers of two states could not say to each other, as `line RULE message`. A line is one of the declarations', counted from 1. */
function findings(before: string, after: string, commands: { readonly before?: string; readonly after?: string } = {}): readonly string[] {
  return inCategory("SESSION", before, after, commands);
}

function inCategory(
  category: Category,
  before: string,
  after: string,
  commands: { readonly before?: string; readonly after?: string } = {},
): readonly string[] {
  return findBreaking(schemaOf(before, commands.before), schemaOf(after, commands.after ?? commands.before), category).map(
    ({ position: { line }, rule, message }) => `${line} ${rule} ${message}`,
  );
}

const closed = (values: string): string => `enum E { option features.enum_type = CLOSED; ${values} }`;
const message = (body: string, more = ""): string => `${more}\nmessage M {\n${body}\n}`;
const both = "neither version reads what the other one writes";
const older = "older peers do not read it";
const newer = "what older peers write is not read";
/** Every message meets every other one of the other version. */
const ring = (count: number): string =>
  Array.from({ length: count }, (_, i) => `message ${i === 0 ? "M" : `M${i}`} { M${(i + 1) % count || ""} next = 1; M start = 2; }`).join(
    "\n",
  );

interface Case {
  readonly rule: string;
  readonly before: string;
  readonly breaks: string;
  /** What is found, without the rule. */
  readonly says: string;
  readonly passes: string;
}

const cases: readonly Case[] = [
  {
    rule: "SESSION_TYPE",
    before: message("int32 price = 2;"),
    breaks: message("string price = 2;"),
    says: `field 2 (price) of M was optional with presence int32 and is optional with presence string: ${both}`,
    passes: message("int32 cost = 2; string more = 3;"),
  },
  {
    rule: "SESSION_TYPE",
    before: message("uint32 price = 2;"),
    breaks: message("uint64 price = 2;"),
    says: `field 2 (price) of M was optional with presence uint32 and is optional with presence uint64: ${older}`,
    passes: message(""),
  },
  {
    rule: "SESSION_TYPE",
    before: message("bytes price = 2;"),
    breaks: message("string price = 2;"),
    says: `field 2 (price) of M was optional with presence bytes and is optional with presence string: ${newer}`,
    passes: message("bytes price = 2 [deprecated = true];"),
  },
  {
    rule: "SESSION_CARDINALITY",
    before: message("int32 price = 2;"),
    breaks: message("repeated int32 price = 2;"),
    says: `field 2 (price) of M was optional with presence int32 and is repeated int32: ${both}`,
    passes: message("int32 price = 2 [features.field_presence = IMPLICIT];"),
  },
  {
    rule: "SESSION_ONEOF",
    before: message("oneof o { int32 price = 2; int32 barter = 3; }"),
    breaks: message("oneof o { int32 price = 2; } int32 barter = 3;"),
    says: `field 3 (barter) of M was int32 in oneof o and is optional with presence int32: ${both}`,
    passes: message("oneof p { int32 price = 2; int32 barter = 3; int32 gift = 4; }"),
  },
  {
    rule: "SESSION_REQUIRED",
    before: message("int32 price = 2;"),
    breaks: message("int32 price = 2 [features.field_presence = LEGACY_REQUIRED];"),
    says: `field 2 (price) of M was optional with presence int32 and is required int32: ${newer}`,
    passes: message("int32 price = 2; int32 more = 3;"),
  },
  {
    rule: "SESSION_REQUIRED",
    before: message("int32 price = 2 [features.field_presence = LEGACY_REQUIRED];"),
    breaks: message("int32 more = 3;"),
    says: `field 2 (price) of M was required int32 and is not there: ${older}`,
    passes: message("int32 cost = 2 [features.field_presence = LEGACY_REQUIRED];"),
  },
  {
    rule: "SESSION_ENUM_VALUES",
    before: message("E kind = 2;", closed("A = 0;")),
    breaks: message("E kind = 2;", closed("A = 0; B = 1;")),
    says: `the closed enum of field 2 (kind) of M has other numbers than it had: ${older}`,
    passes: message("E kind = 2;", closed("Z = 0;")),
  },
  {
    rule: "SESSION_COMPLEXITY",
    before: ring(101),
    breaks: ring(103),
    says: "message M89 meets too many others: neither version reads what the other one writes",
    passes: ring(101),
  },
];

/** Carries M in both directions. */
const echo = { before: "rpc Do(M) returns (M);" };

for (const { rule, before, breaks, says, passes } of cases) {
  test(`${says.slice(0, 100)} breaks ${rule}`, () => {
    const found = findings(before, breaks, echo);
    assert.ok(
      found.some((finding) => finding.endsWith(` ${rule} ${says}`)),
      found.join("\n"),
    );
    assert.ok(rule === "SESSION_COMPLEXITY" || found.length === 1, found.join("\n"));
    assert.equal(findings(before, passes, echo), []);
  });
}

test("a command that travels in another way breaks SESSION_MODE, one whose reply comes later does not", () => {
  const command = "rpc Do(M) returns (R);";
  const stream = { before: command, after: "rpc Do(M) returns (stream R);" };
  assert.match(
    findings("", "", stream).join("\n"),
    /^\d+ SESSION_MODE S\.Do was a request and is a server stream: neither version [^\n]*$/,
  );
  const deferred = { before: command, after: "rpc Do(M) returns (R) { option (zserver.command) = { deferred: true }; }" };
  assert.equal(findings("", "", deferred), []);
});

test("each rule has a case", () => {
  assert.equal([...new Set([...cases.map(({ rule }) => rule), "SESSION_MODE"])].sort(), Object.keys(sessionRules).sort());
});

test("a finding stands at the field, deep inside too, and is told once, however many commands lead to it", () => {
  const nested = (type: string): string =>
    `\nmessage Leaf {\n  ${type} f = 1;\n}\nmessage M {\n  Leaf one = 1;\n  repeated Leaf two = 2;\n}`;
  const commands = { before: "rpc Do(M) returns (M); rpc Other(Leaf) returns (R);" };
  const found = findings(nested("int32"), nested("string"), commands);
  assert.is(found.length, 1, found.join("\n"));
  const line = Number(found[0]!.split(" ")[0]);
  // The field's line within the text that schemaOf makes: two lines stand before the declarations.
  assert.is(line, 4);
});

test("a direction in which a message does not travel is not judged", () => {
  const request = { before: "rpc Do(M) returns (R);" };
  assert.equal(findings(message("int32 price = 2;"), message("int64 price = 2;"), request).length, 1, "new callers, old handlers");
  const notCarried = `${message("int32 price = 2;")} message Other { int32 f = 1; }`;
  assert.equal(findings(notCarried, notCarried.replace("int32 f", "string f"), echo), []);
});

test("the other categories know nothing of it, and it knows of commands that are gone and of services on another side", () => {
  const [before, after] = [message("uint32 price = 2;"), message("uint64 price = 2;")];
  assert.equal(inCategory("WIRE", before, after, echo), []);
  assert.match(
    findings("", "", { before: "rpc Do(M) returns (R); rpc Gone(M) returns (R);", after: "rpc Do(M) returns (R);" }).join("\n"),
    /COMMAND_NO_DELETE/,
  );
  const sided = (side: string): string => `option (zserver.service) = { side: ${side} }; rpc Do(M) returns (R);`;
  assert.match(findings("", "", { before: sided("SERVER"), after: sided("CLIENT") }).join("\n"), /^\d+ SERVICE_SAME_SIDE [^\n]*$/);
});

test.run();
