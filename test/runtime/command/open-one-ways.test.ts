import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OpenOneWays, type Placed } from "../../../runtime/command/open-one-ways.ts";

const test = suite("command/open-one-ways");

test("it holds what was added and not deleted, whatever the order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 200 }), (steps) => {
      const open = new OpenOneWays<Placed & { readonly number: number }>();
      const model: (Placed & { readonly number: number })[] = [];
      for (const [at, [adds, which]] of steps.entries()) {
        if (adds) {
          model.push({ number: at, place: -1 });
          open.add(model.at(-1)!);
        } else if (model.length > 0) open.delete(model.splice(which % model.length, 1)[0]!);
        assert.equal(
          open.all.map(({ number }) => number).sort((a, b) => a - b),
          model.map(({ number }) => number),
        );
      }
    }),
  );
});

test.run();
