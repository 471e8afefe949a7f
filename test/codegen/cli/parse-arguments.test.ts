import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseArguments } from "../../../codegen/cli/parse-arguments.ts";
import { UsageError } from "../../../codegen/cli/terminal.ts";

const specs = {
  check: { type: "boolean", help: "" },
  out: { type: "string", help: "", value: "FILE" },
  format: { type: "string", help: "", value: "FORMAT", choices: ["text", "json"] },
} as const;

const refuses = (args: readonly string[], message: string, operands: readonly string[] = []): void => {
  assert.throws(
    () => parseArguments(args, specs, operands),
    (error: unknown) => error instanceof UsageError && error.message === message,
  );
};

const test = suite("cli/parse-arguments");

test("options that are not given have their empty values", () => {
  assert.equal(parseArguments([], specs, []), { options: { check: false, out: undefined, format: undefined }, operands: [] });
});

test("values follow an option or its equals sign, and operands stand anywhere", () => {
  const { options, operands } = parseArguments(["a", "--out", "x", "--check", "b", "--format=json"], specs, ["A", "B"]);
  assert.equal(options, { check: true, out: "x", format: "json" });
  assert.equal(operands, ["a", "b"]);
});

test("a value may contain an equals sign", () => {
  assert.is(parseArguments(["--out=a=b"], specs, []).options.out, "a=b");
});

test("after -- everything is an operand", () => {
  assert.equal(parseArguments(["--", "--check"], specs, ["A"]).operands, ["--check"]);
});

test("what is not declared is refused by name", () => {
  refuses(["--chek"], "unknown option --chek");
  refuses(["-c"], "unknown option -c");
  refuses(["-check"], "unknown option -check");
  refuses(["--constructor"], "unknown option --constructor");
  refuses(["--toString=1"], "unknown option --toString");
});

test("missing, doubled and surplus values are refused", () => {
  refuses(["--out"], "--out needs a value: --out FILE");
  refuses(["--out="], "--out needs a value: --out FILE");
  refuses(["--out", "a", "--out", "b"], "--out is given twice");
  refuses(["--check=yes"], "--check takes no value");
  refuses(["--format", "xml"], "--format must be one of text, json, not xml");
  refuses([], "DIR is missing", ["DIR"]);
  refuses(["a", "b"], "unexpected argument b", ["DIR"]);
});

test.run();
