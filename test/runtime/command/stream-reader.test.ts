import { suite } from "uvu";
import * as assert from "uvu/assert";
import { StreamReader } from "../../../runtime/command/stream-reader.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { resolveLimits } from "../../../runtime/session/limits.ts";
import { ProtocolError } from "../../../runtime/session/protocol-error.ts";
import { StreamBudget } from "../../../runtime/session/stream-budget.ts";
import { StreamWindow } from "../../../runtime/session/stream-window.ts";

interface Made {
  readonly reader: StreamReader<number>;
  readonly budget: StreamBudget;
  readonly asked: string[];
  push(value: number, size?: number): void;
}

/** A reader with a window of 4 items and 100 bytes, and what it asked for. */
function make(streamBudgetBytes = 10_000): Made {
  const asked: string[] = [];
  const budget = new StreamBudget(resolveLimits({ streams: 2, streamItems: 4, streamBytes: 100, streamBudgetBytes }), () => 0);
  const window = new StreamWindow(budget, true);
  const reader = new StreamReader<number>(window, {
    grant: () => asked.push(`grant ${window.grant().items}`),
    abandoned: () => asked.push("abandoned"),
  });
  return { reader, budget, asked, push: (value, size = 1) => reader.push(size, () => value) };
}

async function rejected(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.unreachable(),
    (error: unknown) => error,
  );
}

const test = suite("command/stream-reader");

test("items come in order, whether they were there first or asked for first", async () => {
  const { reader, push } = make();
  push(1);
  const reads = [reader.next(), reader.next(), reader.next()];
  push(2);
  push(3);
  assert.equal(
    (await Promise.all(reads)).map(({ value }) => value),
    [1, 2, 3],
  );
  reader.complete();
  assert.equal(await reader.next(), { done: true, value: undefined });
});

test("a grant goes out when half a window was taken, by items or by bytes", async () => {
  const items = make();
  for (let value = 0; value < 4; value++) items.push(value);
  await items.reader.next();
  assert.equal(items.asked, []);
  await items.reader.next();
  assert.equal(items.asked, ["grant 6"]);
  const inBytes = make();
  inBytes.push(1, 60);
  await inBytes.reader.next();
  assert.equal(inBytes.asked, ["grant 5"]);
});

test("an item without credit breaks the protocol", () => {
  const { push } = make();
  for (let value = 0; value < 4; value++) push(value);
  assert.throws(
    () => push(5),
    (error: unknown) => error instanceof ProtocolError,
  );
});

test("an item after the end, and a second end, break the protocol", () => {
  const { reader, push } = make();
  reader.complete();
  assert.throws(() => push(1), /after the end of its stream/);
  assert.throws(() => reader.complete(), /sent twice/);
});

test("items that came before a failure are still read; the failure is told once", async () => {
  const { reader, push } = make();
  const broken = new Error("broken");
  push(1);
  reader.fail(broken);
  reader.fail(new Error("again"));
  push(2);
  assert.is((await reader.next()).value, 1);
  assert.is(await rejected(reader.next()), broken);
  assert.ok((await reader.next()).done);
});

test("of several that wait, a failure reaches the first, and the end the others", async () => {
  const { reader } = make();
  const reads = [rejected(reader.next()), reader.next(), reader.next()] as const;
  const broken = new Error("broken");
  reader.fail(broken);
  assert.is(await reads[0], broken);
  assert.ok((await reads[1])!.done);
  assert.ok((await reads[2])!.done);
  assert.ok((await reader.next()).done);
});

test("leaving gives the stream up once, drops what came, and decodes nothing more", async () => {
  const { reader, asked, push } = make();
  push(1);
  const waiting = make();
  const read = waiting.reader.next();
  await waiting.reader.return();
  assert.ok((await read).done);
  await reader.return();
  await reader.return();
  reader.push(1, () => assert.unreachable() as never);
  assert.ok((await reader.next()).done);
  assert.equal(asked, ["abandoned"]);
});

test("leaving after the end tells nobody, and no grant goes out after it", async () => {
  const { reader, asked, push } = make();
  for (let value = 0; value < 4; value++) push(value);
  reader.complete();
  for await (const value of reader) if (value === 2) break;
  assert.equal(asked, []);
});

test("what waits counts against the session's budget until it is taken, or nobody will", async () => {
  const { reader, budget, push } = make(250);
  const other = new StreamReader<number>(new StreamWindow(budget, true), { grant() {}, abandoned() {} });
  push(1, 60);
  push(2, 150);
  other.push(50, () => 3);
  assert.is(budget.heldBytes, 260);
  assert.throws(
    () => other.push(1, () => 4),
    (error: unknown) =>
      CommandError.is(error) &&
      error.code === "RESOURCE_EXHAUSTED" &&
      /^260 bytes of stream items wait .* the limit streamBudgetBytes is 250$/.test(error.message),
  );
  await reader.next();
  assert.is(budget.heldBytes, 200);
  await other.return();
  assert.is(budget.heldBytes, 150);
  reader.complete();
  reader.close();
  assert.is(budget.heldBytes, 0);
  assert.is((await reader.next()).value, 2, "what came is still there");
  assert.is(budget.heldBytes, 0);
});

test("an item that somebody waits for does not wait", async () => {
  const { reader, budget, push } = make();
  const read = reader.next();
  push(1, 60);
  assert.is(budget.heldBytes, 0);
  assert.is((await read).value, 1);
});

test.run();
