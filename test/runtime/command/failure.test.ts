import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, Refused, Undeclared } from "../../../generated/example/probe/v1/probe.ts";
import { Failure } from "../../../generated/zserver/protocol/v1/session.ts";
import { failureFromWire, failureToWire, limitError } from "../../../runtime/command/failure.ts";
import { codeNumbers } from "../../../runtime/errors/code.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { errorDetail } from "../../../runtime/errors/error-detail.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { FAILURE_BYTES } from "../../../runtime/session/frame.ts";

const { echo } = Probe.commands;

function travelled(error: CommandError): CommandError {
  const bytes = encode(Failure, failureToWire(error, echo));
  assert.ok(bytes.length <= FAILURE_BYTES - 16, `${bytes.length} bytes`);
  return failureFromWire(decode(Failure, bytes), echo.name);
}

const test = suite("command/failure");

test("every code and outcome survives the wire", () => {
  for (const code of Object.keys(codeNumbers) as CommandError["code"][])
    for (const outcome of ["NOT_RUN", "MAY_HAVE_RUN"] as const) {
      const error = travelled(new CommandError(code, "why", { outcome, incident: "1234" }));
      assert.equal([error.code, error.message, error.outcome, error.incident], [code, "why", outcome, "1234"]);
      assert.is(error.command, echo.name);
    }
});

test("a code from the future is UNKNOWN", () => {
  assert.is(failureFromWire({ code: 99, message: "", outcome: 7, details: [], incident: "" } as never, echo.name).code, "UNKNOWN");
  assert.is(failureFromWire({ code: 5, message: "", outcome: 7, details: [], incident: "" } as never, echo.name).outcome, "MAY_HAVE_RUN");
});

test("only declared details travel, and never the cause", () => {
  const details = [errorDetail(Undeclared, { secret: "hush" }), errorDetail(Refused, { why: "full" })];
  const bytes = encode(Failure, failureToWire(new CommandError("ABORTED", "", { details, cause: new Error("cause") }), echo));
  const text = new TextDecoder("latin1").decode(bytes);
  assert.not.match(text, /hush|cause|Undeclared/);
  const error = failureFromWire(decode(Failure, bytes), echo.name);
  assert.equal(error.detail(Refused), { why: "full" });
  assert.is(error.details.length, 1);
  assert.is(failureToWire(new CommandError("ABORTED", "", { details }), undefined).details?.length, 0);
});

test("text is cut and well-formed, whatever was thrown", () => {
  const long = travelled(new CommandError("ABORTED", "é".repeat(10_000)));
  assert.is(long.message.length, 4_096);
  assert.ok(long.message.endsWith("…"));
  assert.is(travelled(new CommandError("ABORTED", "a\ud800b\udc00c😀")).message, "a\ufffdb\ufffdc😀");
  const cutInTwo = travelled(new CommandError("ABORTED", `${"x".repeat(4_094)}😀 and more`)).message;
  assert.is(cutInTwo, `${"x".repeat(4_094)}\ufffd…`);
  assert.is(travelled(new CommandError("ABORTED", "", { incident: "i".repeat(1_000) })).incident!.length, 64);
});

test("details that would not fit into a frame are left out, the rest still travels", () => {
  const fits = errorDetail(Refused, { why: "x".repeat(40_000) });
  assert.is(travelled(new CommandError("ABORTED", "é".repeat(5_000), { details: [fits] })).detail(Refused)?.why.length, 40_000);
  const huge = errorDetail(Refused, { why: "x".repeat(60_000) });
  const error = travelled(new CommandError("ABORTED", "too much", { details: [huge] }));
  assert.equal([error.message, error.details.length], ["too much", 0]);
});

test("an error about a limit names limit, size and command", () => {
  const error = limitError("streams", 5, "6 streams are open", echo);
  assert.is(error.message, "example.probe.v1.Probe/Echo: 6 streams are open; the limit streams is 5");
  assert.equal([error.code, error.outcome, error.command], ["RESOURCE_EXHAUSTED", "NOT_RUN", echo.name]);
});

test.run();
