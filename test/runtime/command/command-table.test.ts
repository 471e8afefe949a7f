import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CommandTable } from "../../../runtime/command/command-table.ts";

interface Named {
  readonly id: number;
}

const test = suite("command table");

const ids = (table: CommandTable<Named>): number[] => table.all.map(({ id }) => id);

test("a command is found by its id until it is deleted", () => {
  const table = new CommandTable<Named>();
  const command = { id: 7 };
  table.add(command);
  assert.is(table.get(7), command);
  assert.is(table.get(7 + 32), undefined);
  table.delete(7 + 32);
  assert.is(table.size, 1);
  table.delete(7);
  assert.is(table.get(7), undefined);
  assert.is(table.size, 0);
});

test("a command that stays open is found however many come and go after it", () => {
  const table = new CommandTable<Named>();
  table.add({ id: 2 });
  table.add({ id: 4 });
  for (let id = 6; id < 20_000; id += 2) {
    table.add({ id });
    if (id > 40) table.delete(id - 20);
  }
  assert.is(table.get(2)?.id, 2);
  assert.is(table.get(4)?.id, 4);
  assert.is(table.size, ids(table).length);
  table.delete(2);
  assert.is(table.get(2), undefined);
  assert.is(table.get(4)?.id, 4);
});

test("ids above 32 and below 53 bits are told apart", () => {
  const table = new CommandTable<Named>();
  const low = { id: 5 };
  const high = { id: 5 + 2 ** 40 };
  table.add(low);
  table.add(high);
  assert.is(table.get(5), low);
  assert.is(table.get(5 + 2 ** 40), high);
  assert.is(table.get(5 + 2 ** 33), undefined);
});

test("it holds what a map would hold, in the order of ids", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(60)), { maxLength: 400 }), fc.constantFrom(1, 2, 2 ** 32 - 7), (steps, first) => {
      const table = new CommandTable<Named>();
      const model = new Map<number, Named>();
      let next = first;
      for (const [adds, back] of steps) {
        const id = next - 2 * back;
        if (adds) {
          model.set(next, { id: next });
          table.add(model.get(next)!);
          next += 2;
        } else {
          model.delete(id);
          table.delete(id);
        }
        assert.is(table.get(id), model.get(id));
        assert.is(table.size, model.size);
      }
      assert.equal(table.all, [...model.values()]);
    }),
  );
});

test.run();
