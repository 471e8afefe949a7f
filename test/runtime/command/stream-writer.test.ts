import { suite } from "uvu";
import * as assert from "uvu/assert";
import { StreamTurns } from "../../../runtime/command/stream-turns.ts";
import { StreamWriter } from "../../../runtime/command/stream-writer.ts";
import { CreditBudget } from "../../../runtime/session/credit.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A writer with credit for `items` items of 10 bytes, and what it sent. */
function make(items: number, bytes = 1_000): { writer: StreamWriter<number>; sent: number[]; outbox: { room: boolean } } {
  const sent: number[] = [];
  const outbox = { room: true };
  const writer = new StreamWriter<number>(
    new CreditBudget(items, bytes),
    {
      get room() {
        return outbox.room;
      },
      write(item) {
        if (item < 0) throw new Error(`cannot send ${item}`);
        sent.push(item);
        return 10;
      },
    },
    new StreamTurns(setImmediate),
  );
  return { writer, sent, outbox };
}

function* count(watch: { returned?: boolean; taken?: number } = {}): Generator<number> {
  try {
    for (let number = 0; ; number++) {
      watch.taken = number + 1;
      yield number;
    }
  } finally {
    watch.returned = true;
  }
}

const test = suite("command/stream-writer");

test("sends all of a source, and tells that it is whole", async () => {
  for (const source of [
    [1, 2, 3],
    new Set([1, 2, 3]),
    (async function* () {
      yield* [1, 2, 3];
    })(),
  ]) {
    const { writer, sent } = make(10);
    assert.is(await writer.pump(source), true);
    assert.equal(sent, [1, 2, 3]);
  }
});

test("many streams that were let go together overshoot the outbox by one item, not by one each", async () => {
  let sent = 0;
  const outbox = { limit: 1 };
  const turns = new StreamTurns(setImmediate);
  const writers = Array.from(
    { length: 5 },
    () =>
      new StreamWriter<number>(
        new CreditBudget(10, 1_000),
        {
          get room() {
            return sent < outbox.limit;
          },
          write: () => {
            sent++;
            return 10;
          },
        },
        turns,
      ),
  );
  const pumped = Promise.all(writers.map((writer) => writer.pump(count())));
  await turn();
  assert.is(sent, 1);
  outbox.limit = 3;
  turns.retry();
  await turn();
  assert.is(sent, 3);
  for (const writer of writers) writer.stop();
  assert.equal(await pumped, [false, false, false, false, false]);
});

test("takes from the source no faster than credit and outbox allow", async () => {
  const { writer, sent, outbox } = make(2);
  const watch: { taken?: number } = {};
  const pumped = writer.pump(count(watch));
  await turn();
  assert.equal([sent.length, watch.taken], [2, 2]);
  writer.retry();
  await turn();
  assert.is(watch.taken, 2);
  outbox.room = false;
  writer.grant(3, 1_000);
  await turn();
  assert.is(watch.taken, 2);
  outbox.room = true;
  writer.retry();
  await turn();
  assert.equal([sent.length, watch.taken], [3, 3]);
  writer.stop();
  assert.is(await pumped, false);
});

test("takes the first item before pump returns", () => {
  const { writer } = make(1);
  const watch: { taken?: number } = {};
  void writer.pump(count(watch));
  assert.is(watch.taken, 1);
  writer.stop();
});

test("stopping returns the source once, whenever it comes", async () => {
  for (const when of ["before", "while it waits", "twice"] as const) {
    const { writer, sent } = make(when === "before" ? 0 : 1);
    let returns = 0;
    const source = count();
    const { return: given } = source;
    source.return = (value) => {
      returns++;
      return given.call(source, value);
    };
    if (when === "before") writer.stop();
    const pumped = writer.pump(source);
    await turn();
    writer.stop();
    if (when === "twice") writer.stop();
    assert.is(await pumped, false);
    assert.is(returns, 1, when);
    assert.ok(sent.length <= 1);
  }
});

test("a source that has returned need not answer what it was asked before", async () => {
  for (const throws of [false, true]) {
    const { writer, sent } = make(10);
    const source: AsyncIterableIterator<number> = {
      next: () => new Promise(() => {}),
      async return() {
        if (throws) throw new Error("gone already");
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => source,
    };
    const pumped = writer.pump(source);
    await turn();
    writer.stop();
    assert.is(await Promise.race([pumped, turn()]), false);
    assert.equal(sent, []);
  }
});

test("what the source throws, pump rejects with; what its return throws concerns nobody", async () => {
  const { writer, sent } = make(10);
  const broken = new Error("broken");
  const pumped = writer.pump(
    (function* () {
      yield 1;
      throw broken;
    })(),
  );
  assert.is(await pumped.catch((error: unknown) => error), broken);
  assert.equal(sent, [1]);
  const nasty = (thrown: () => unknown): AsyncIterable<number> => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: thrown as never }),
  });
  for (const thrown of [
    () => {
      throw new Error("at once");
    },
    async () => {
      throw new Error("later");
    },
    () => 5,
  ]) {
    const other = make(10);
    void other.writer.pump(nasty(thrown));
    await turn();
    other.writer.stop();
    await turn();
  }
});

test("an item that cannot be sent ends the pumping and returns the source", async () => {
  const { writer } = make(10);
  const watch: { returned?: boolean } = {};
  const source = (function* () {
    try {
      yield 1;
      yield -1;
    } finally {
      watch.returned = true;
    }
  })();
  const error = await writer.pump(source).catch((thrown: unknown) => thrown);
  assert.is((error as Error).message, "cannot send -1");
  assert.ok(watch.returned);
});

test("what is no iterable is rejected, never thrown", async () => {
  for (const source of [undefined, null, 5, {}]) {
    const { writer } = make(1);
    assert.instance(await writer.pump(source as never).catch((error: unknown) => error), TypeError);
  }
});

test.run();
