import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Reader } from "../../../runtime/bytes/reader.ts";
import { Writer } from "../../../runtime/bytes/writer.ts";
import { commandBegun } from "../../../runtime/command/command-begun.ts";
import { CommandNumbers } from "../../../runtime/command/names.ts";
import { makeRegistry, type Registration } from "../../../runtime/command/registry.ts";
import { FrameType, kindNumbers } from "../../../runtime/session/frame.ts";
import { probe } from "../../support/command/probe.ts";

const { REQUEST, SEND, SEND_VOLATILE } = FrameType;
const FIT = "example.probe.v1.Probe/Fit";
const MESSAGE = 99;
const FORM = 8;

const registry = makeRegistry("SERVER", [probe()], []);
const numbers = (): CommandNumbers<Registration> =>
  new CommandNumbers({ names: 0, commandNames: 10, resolve: (name) => registry.commands.get(name)! });

/** A head, and the first byte of a message behind it; a name is introduced with its kind, a number is known. */
function head(type: FrameType, reference: number | { readonly name: string; readonly kind: number }): Reader {
  const writer = new Writer();
  if (type === REQUEST) writer.uintNumber(300);
  if (typeof reference === "number") writer.uint32(reference);
  else {
    writer.uint32(0);
    writer.string(reference.name);
    writer.uint32(reference.kind);
  }
  if (type !== SEND_VOLATILE) writer.uint32(1);
  writer.uintNumber(30_000);
  writer.uint32(MESSAGE);
  return new Reader(writer.finish());
}

const test = suite("command/command-begun");

for (const [what, type] of Object.entries({ REQUEST, SEND, SEND_VOLATILE })) {
  test(`the head of a ${what} is passed over, whether it introduces a name or refers to one`, () => {
    const known = numbers();
    known.read(head(SEND, { name: FIT, kind: kindNumbers.unary }));
    for (const reference of [{ name: FIT, kind: kindNumbers.unary }, 1]) {
      const body = head(type, reference);
      assert.is(commandBegun(type, body, registry, known)?.maxBytes, 2_000);
      assert.is(body.uint32(), MESSAGE);
    }
  });
}

test("nothing is known of a name that nobody handles, and of a number that was not introduced", () => {
  for (const reference of [{ name: "nobody", kind: kindNumbers.unary }, 1]) {
    const body = head(REQUEST, reference);
    assert.is(commandBegun(REQUEST, body, registry, numbers()), undefined);
    assert.is(body.uint32(), MESSAGE);
  }
});

test("the form in which a command comes stands with its kind", () => {
  const formOf = (kind: number) => commandBegun(SEND, head(SEND, { name: FIT, kind }), registry, numbers())?.form;
  assert.equal(
    [0, FORM].map((form) => formOf(kindNumbers.unary + form)),
    [undefined, FORM],
  );
});

test.run();
