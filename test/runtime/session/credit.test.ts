import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CreditBudget, CreditWindow } from "../../../runtime/session/credit.ts";

const test = suite("session/credit");

test("the last item within the credit passes, the one after it does not", () => {
  const budget = new CreditBudget(2, 1000);
  const window = new CreditWindow(2, 1000);
  for (let item = 0; item < 2; item++) {
    assert.ok(budget.open);
    budget.spend(10);
    assert.ok(window.receive(10));
  }
  assert.not(budget.open);
  assert.not(window.receive(10));
});

test("an item may start while one byte is left, and overshoot by its own size", () => {
  const budget = new CreditBudget(100, 1000);
  const window = new CreditWindow(100, 1000);
  budget.spend(999);
  assert.ok(window.receive(999));
  assert.ok(budget.open);
  budget.spend(5000);
  assert.ok(window.receive(5000));
  assert.not(budget.open);
  assert.not(window.receive(1));
});

test("a grant is due when half of the items, or half of the bytes, were taken", () => {
  const window = new CreditWindow(4, 1000);
  for (let item = 0; item < 4; item++) window.receive(10);
  assert.not(window.take(10));
  assert.ok(window.take(10));
  assert.equal(window.grant(), { items: 6, bytes: 1020 });
  assert.not(window.take(10));
  window.receive(600);
  assert.ok(window.take(600));
});

test("a grant tells what its reader took, and a repeated or lower one changes nothing", () => {
  const window = new CreditWindow(2, 100);
  const budget = new CreditBudget(2, 100);
  budget.spend(100);
  window.receive(100);
  window.take(100);
  const grant = window.grant();
  assert.equal(grant, { items: 3, bytes: 200 });
  budget.grant(grant.items, grant.bytes);
  budget.grant(grant.items, grant.bytes);
  budget.grant(0, 0);
  assert.ok(budget.open);
  budget.spend(100);
  assert.not(budget.open);
});

/** One direction of a stream over a network that delays items and grants as it likes. */
class Line {
  readonly budget: CreditBudget;
  readonly window: CreditWindow;
  readonly items: number[] = [];
  readonly queue: number[] = [];
  readonly grants: { readonly items: number; readonly bytes: number }[] = [];
  readonly #limit: { readonly items: number; readonly bytes: number };

  constructor(items: number, bytes: number) {
    this.budget = new CreditBudget(items, bytes);
    this.window = new CreditWindow(items, bytes);
    this.#limit = { items, bytes };
  }

  send(size: number): void {
    if (!this.budget.open) return;
    this.budget.spend(size);
    this.items.push(size);
  }

  deliver(): void {
    const size = this.items.shift();
    if (size === undefined) return;
    assert.ok(this.window.receive(size), "an honest sender was refused");
    this.queue.push(size);
    assert.ok(this.queue.length <= this.#limit.items, "more items queue than the window has");
    const before = this.queue.slice(0, -1).reduce((sum, bytes) => sum + bytes, 0);
    assert.ok(before < this.#limit.bytes, "an item came although the bytes were used up");
  }

  take(): void {
    const size = this.queue.shift();
    if (size !== undefined && this.window.take(size)) this.grants.push(this.window.grant());
  }

  grant(): void {
    const grant = this.grants.shift();
    if (grant !== undefined) this.budget.grant(grant.items, grant.bytes);
  }
}

test("budget and window agree under any interleaving, and a stream whose reader reads never stalls", () => {
  const steps = fc.array(fc.tuple(fc.constantFrom("send", "deliver", "take", "grant"), fc.integer({ min: 1, max: 50 })), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 120 }), steps, (items, bytes, actions) => {
      const line = new Line(items, bytes);
      for (const [action, size] of actions) {
        if (action === "send") line.send(size);
        else line[action as "deliver" | "take" | "grant"]();
      }
      while (line.items.length > 0) line.deliver();
      while (line.queue.length > 0) line.take();
      while (line.grants.length > 0) line.grant();
      assert.ok(line.budget.open, "everything was read, and yet nothing may be sent");
    }),
    { numRuns: 1000 },
  );
});

test.run();
