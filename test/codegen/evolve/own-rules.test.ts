import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findBreaking } from "../../../codegen/evolve/breaking.ts";
import { breakingRules, bufRules, sessionRules } from "../../../codegen/evolve/breaking-rules.ts";
import { retiredCommands } from "../../../codegen/evolve/lock/retired.ts";
import type { Category } from "../../../codegen/evolve/rule.ts";
import type { Schema } from "../../../codegen/model/schema.ts";
import { readSchema } from "../../../codegen/read/read.ts";
import { sessionTimes } from "../../../runtime/common-options.ts";
import { defaultLimits } from "../../../runtime/session/limits.ts";

const test = suite("evolve/own-rules");

function read(text: string): Schema {
  const { schema, diagnostics } = readSchema({
    files: ["a.proto"],
    roots: ["/"],
    readFile: (path) => (path.endsWith("a.proto") ? text : undefined),
  });
  assert.equal(diagnostics, undefined);
  return schema!;
}

const head = 'syntax = "proto3";\npackage a.v1;\nimport "zserver/options.proto";\n';
const item = (options = ""): string => `message Item {\n  ${options}\n  map<string, Item> items = 1;\n}\n`;

/** A service that has these commands, on line 8. */
const service = (...commands: readonly string[]): string => `${head}${item()}service Shop { ${commands.join("\n")} }\n`;
const command = (options: string, shape = "(Item) returns (Item)"): string =>
  service(`rpc Buy${shape} { option (zserver.command) = { ${options} }; }`);
const message = (options: string): string => head + item(`option (zserver.message) = { ${options} };`);
const sided = (side: string): string => service(`option (zserver.service) = { side: ${side} };`, "rpc Buy(Item) returns (Item);");

const oneWay = "(Item) returns (zserver.None)";
const request = command("");
const stream = command("", "(Item) returns (stream Item)");

const isOwn = (rule: string): boolean => !(rule in bufRules) && !(rule in sessionRules);

/** What our own rules find, as `line RULE message`. */
function findings(before: string, after: string, category: Category = "WIRE", earlier: readonly string[] = []): readonly string[] {
  return findBreaking(read(before), read(after), category, retiredCommands([...earlier, before].map(read)))
    .filter(({ rule }) => isOwn(rule))
    .map(({ position: { line }, rule, message: text }) => `${line} ${rule} ${text}`);
}

interface Case {
  readonly what: string;
  readonly rule: string;
  /** Releases before `before`. */
  readonly earlier?: readonly string[];
  readonly before: string;
  readonly breaks: string;
  /** What is found, without the line and the rule. */
  readonly says: string;
  readonly passes: string;
}

const { decodeElements } = defaultLimits;
const { defaultTimeoutMs } = sessionTimes({});

const cases: readonly Case[] = [
  {
    what: "a command that is gone",
    rule: "COMMAND_NO_DELETE",
    before: service("rpc Buy(Item) returns (Item);", "rpc Sell(Item) returns (Item);"),
    breaks: service("rpc Buy(Item) returns (Item);"),
    says: "command a.v1.Shop.Sell is gone: calls of it fail",
    passes: service("rpc Sell(Item) returns (Item);", "rpc Buy(Item) returns (Item);", "rpc Try(Item) returns (Item);"),
  },
  {
    what: "a command whose service is gone",
    rule: "COMMAND_NO_DELETE",
    before: request,
    breaks: head + item(),
    says: "command a.v1.Shop.Buy is gone: calls of it fail",
    passes: `${request}service Other { rpc Buy(Item) returns (Item); }`,
  },
  {
    what: "a name that a release used and the next one gave up",
    rule: "COMMAND_NO_REUSE",
    earlier: [service("rpc Buy(Item) returns (Item);", "rpc Sell(Item) returns (Item);")],
    before: request,
    breaks: service("rpc Buy(Item) returns (Item);", "rpc Sell(Item) returns (Item);"),
    says: "Shop.Sell is a name that an earlier release used and a later one gave up",
    passes: service("rpc Buy(Item) returns (Item);", "rpc Trade(Item) returns (Item);"),
  },
  {
    what: "a request that is a stream now",
    rule: "COMMAND_SAME_MODE",
    before: request,
    breaks: stream,
    says: "Shop.Buy was a request and is a server stream",
    passes: request,
  },
  {
    what: "a request that is one-way now",
    rule: "COMMAND_SAME_MODE",
    before: request,
    breaks: command("", oneWay),
    says: "Shop.Buy was a request and is one-way",
    passes: command("timeout_ms: 60000"),
  },
  {
    what: "a request that is deferred now",
    rule: "COMMAND_SAME_MODE",
    before: request,
    breaks: command("deferred: true"),
    says: "Shop.Buy was a request and is a deferred request",
    passes: command("deferred: false"),
  },
  {
    what: "a service that the client handles now",
    rule: "SERVICE_SAME_SIDE",
    before: request,
    breaks: sided("CLIENT"),
    says: "service Shop was handled by the server and is by the client",
    passes: sided("SERVER"),
  },
  {
    what: "fewer elements",
    rule: "OPTION_TIGHTENED",
    before: message("max_elements: 10"),
    breaks: message("max_elements: 9"),
    says: "max_elements of Item was 10 and is 9",
    passes: message("max_elements: 11"),
  },
  {
    what: "fewer elements than the session's default",
    rule: "OPTION_TIGHTENED",
    before: message(""),
    breaks: message(`max_elements: ${decodeElements - 1}`),
    says: `max_elements of Item was ${decodeElements} and is ${decodeElements - 1}`,
    passes: message(`max_elements: ${decodeElements}`),
  },
  {
    what: "a shorter deadline",
    rule: "OPTION_TIGHTENED",
    before: command("timeout_ms: 50"),
    breaks: command("timeout_ms: 49"),
    says: "the deadline was 50 ms and is 49 ms: timeout_ms of Shop.Buy",
    passes: command(""),
  },
  {
    what: "a deadline shorter than the session's default",
    rule: "OPTION_TIGHTENED",
    before: request,
    breaks: command(`timeout_ms: ${defaultTimeoutMs - 1}`),
    says: `the deadline was ${defaultTimeoutMs} ms and is ${defaultTimeoutMs - 1} ms: timeout_ms of Shop.Buy`,
    passes: command(`timeout_ms: ${defaultTimeoutMs}`),
  },
  {
    what: "a stream that has a deadline now",
    rule: "OPTION_TIGHTENED",
    before: stream,
    breaks: command("timeout_ms: 50", "(Item) returns (stream Item)"),
    says: "the deadline was none and is 50 ms: timeout_ms of Shop.Buy",
    passes: stream,
  },
  {
    what: "a stream that may pause for less long now",
    rule: "OPTION_TIGHTENED",
    before: command("idle_timeout_ms: 50", "(Item) returns (stream Item)"),
    breaks: command("idle_timeout_ms: 40", "(Item) returns (stream Item)"),
    says: "the idle deadline was 50 ms and is 40 ms: idle_timeout_ms of Shop.Buy",
    passes: stream,
  },
  {
    what: "a stream that may not pause for as long as it likes any more",
    rule: "OPTION_TIGHTENED",
    before: stream,
    breaks: command("idle_timeout_ms: 50", "(Item) returns (stream Item)"),
    says: "the idle deadline was none and is 50 ms: idle_timeout_ms of Shop.Buy",
    passes: stream,
  },
  {
    what: "a command that takes less now",
    rule: "OPTION_TIGHTENED",
    before: command("max_bytes: 50"),
    breaks: command("max_bytes: 40"),
    says: "messages might have 50 bytes and may have 40: max_bytes of Shop.Buy",
    passes: command("max_bytes: 60"),
  },
  {
    what: "a command that no longer takes what a session does",
    rule: "OPTION_TIGHTENED",
    before: command("critical: true"),
    breaks: command("critical: true, max_bytes: 4194303"),
    says: "messages might have 4194304 bytes and may have 4194303: max_bytes of Shop.Buy",
    passes: command("critical: true, max_bytes: 4194304"),
  },
  {
    what: "a command that overload may refuse now",
    rule: "OPTION_TIGHTENED",
    before: command("critical: true"),
    breaks: command("critical: false"),
    says: "an overloaded side refuses what it ran: critical of Shop.Buy",
    passes: command("critical: true, timeout_ms: 60000"),
  },
  {
    what: "a one-way that may be lost now",
    rule: "OPTION_TIGHTENED",
    before: command("", oneWay),
    breaks: command("delivery: VOLATILE", oneWay),
    says: "what was sent may be lost now: delivery of Shop.Buy",
    passes: command("delivery: RELIABLE", oneWay),
  },
];

for (const { what, rule, earlier, before, breaks, says, passes } of cases) {
  test(`${what} breaks ${rule}, in each of its categories`, () => {
    for (const category of breakingRules[rule]!.categories) {
      const found = findings(before, breaks, category, earlier);
      assert.is(found.length, 1, found.join("\n"));
      assert.ok(found[0]!.endsWith(` ${rule} ${says}`), found[0]!);
      assert.equal(findings(before, passes, category, earlier), []);
    }
  });
}

test("compression may come, go and take another form: whatever a peer cannot read is not sent to it", () => {
  const forms = ["", "compression: DEFLATE", "compression: BROTLI"].map((option) => command(option));
  for (const before of forms) for (const after of forms) assert.equal(findings(before, after), []);
});

test("what was loosened breaks nothing", () => {
  const loosened = cases.filter(({ rule }) => rule === "OPTION_TIGHTENED");
  for (const { what, before, breaks } of loosened) assert.equal(findings(breaks, before), [], what);
});

test("each of our own rules has a case", () => {
  const own = Object.keys(breakingRules).filter(isOwn);
  assert.equal([...new Set(cases.map(({ rule }) => rule))].sort(), own.sort());
});

test("a message that becomes a blob, or a blob that becomes a message, breaks whoever calls the command", () => {
  const blob = (rpc: string): string =>
    `syntax = "proto3";\npackage p;\nimport "zserver/blob.proto";\nimport "zserver/options.proto";\nmessage M {}\nservice S { rpc Buy${rpc}; }\n`;
  const broken = (before: string, after: string): string => findings(blob(before), blob(after)).join("\n");
  assert.match(
    broken("(M) returns (M)", "(zserver.Blob) returns (M)"),
    "COMMAND_SAME_MODE S.Buy was a request and is one that takes a blob",
  );
  assert.match(
    broken("(M) returns (zserver.Blob)", "(M) returns (M)"),
    "COMMAND_SAME_MODE S.Buy was one that returns a blob and is a request",
  );
  assert.match(broken("(stream M) returns (M)", "(zserver.Blob) returns (M)"), "was a client stream and is one that takes a blob");
  assert.match(
    broken("(zserver.Blob) returns (zserver.Blob)", "(zserver.Blob) returns (M)"),
    "was one that takes and returns a blob and is one that takes a blob",
  );
  const bound = (max: number): string => `(zserver.Blob) returns (M) { option (zserver.command).max_bytes = ${max}; }`;
  assert.match(
    broken("(zserver.Blob) returns (M)", bound(9_000_000)),
    "a blob might have any number of bytes and may have 9000000: max_bytes",
  );
  assert.is(broken(bound(9_000_000), "(zserver.Blob) returns (M)"), "");
  assert.is(broken("(zserver.Blob) returns (M)", "(zserver.Blob) returns (M) { option deprecated = true; }"), "");
});

test("a finding stands where the element does, and that of a service that is gone at the top of its file", () => {
  assert.match(findings(request, stream)[0]!, /^8 COMMAND_SAME_MODE/);
  assert.match(findings(request, head + item())[0]!, /^1 COMMAND_NO_DELETE/);
});

test.run();
