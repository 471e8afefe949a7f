import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Fifo } from "../../../runtime/command/fifo.ts";

const test = suite("command/fifo");

test("behaves as an array with push and shift does, whatever the mix", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.constantFrom("shift", "peek", "clear")), { maxLength: 500, size: "max" }), (steps) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      for (const step of steps) {
        if (step === "shift") assert.is(fifo.shift(), model.shift());
        else if (step === "peek") assert.is(fifo.peek(), model[0]);
        else if (step === "clear") {
          fifo.clear();
          model.length = 0;
        } else if (typeof step === "number") {
          fifo.push(step);
          model.push(step);
        }
        assert.is(fifo.length, model.length);
      }
    }),
  );
});

test("a long queue empties in linear time and keeps nothing of what left", () => {
  const fifo = new Fifo<{ value: number }>();
  for (let value = 0; value < 100_000; value++) fifo.push({ value });
  for (let value = 0; value < 100_000; value++) {
    assert.is(fifo.shift()!.value, value);
    if (value % 3 === 0) fifo.push({ value: 100_000 + value / 3 });
  }
  assert.is(fifo.length, 33_334);
});

test.run();
