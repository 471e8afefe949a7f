import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CreditBudget, type Grant } from "../../../runtime/session/credit.ts";
import { type Limits, resolveLimits } from "../../../runtime/session/limits.ts";
import { StreamBudget } from "../../../runtime/session/stream-budget.ts";
import { StreamWindow } from "../../../runtime/session/stream-window.ts";

const small: Partial<Limits> = { streams: 4, streamItems: 10, streamBytes: 1_000, streamBudgetBytes: 84_000 };

/** Streams of one session with a path of 10 ms each way, whose senders always have more, and the time that they live in. */
class Scene {
  now = 0;
  readonly budget: StreamBudget;
  readonly limits: Limits;
  readonly lines: Line[] = [];

  constructor(limits: Partial<Limits> = small) {
    this.limits = resolveLimits(limits);
    this.budget = new StreamBudget(this.limits, () => this.now);
  }

  open(options: Partial<LineOptions> = {}): Line {
    const line = new Line(this, { itemBytes: 100, bytesPerMs: 10_000, takesPerMs: 1_000, own: false, ...options });
    this.lines.push(line);
    return line;
  }

  run(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now++) for (const line of this.lines) line.step();
  }

  get outstanding(): number {
    return this.lines.reduce((sum, line) => sum + Math.max(line.outstanding, this.limits.streamBytes), 0);
  }
}

interface LineOptions {
  readonly itemBytes: number;
  readonly bytesPerMs: number;
  /** Items that the reader takes in a millisecond. */
  takesPerMs: number;
  readonly own: boolean;
}

const DELAY_MS = 10;

class Line {
  readonly options: LineOptions;
  readonly window: StreamWindow;
  readonly budget: CreditBudget;
  readonly #scene: Scene;
  readonly #items: number[] = [];
  readonly #grants: { readonly at: number; readonly grant: Grant }[] = [];
  #waiting = 0;
  #may = 0;
  #mayBytes = 0;
  #due = false;
  granted: Grant;
  taken = 0;
  most = 0;

  constructor(scene: Scene, options: LineOptions) {
    const { streamItems: items, streamBytes: bytes } = scene.limits;
    this.#scene = scene;
    this.options = options;
    this.window = new StreamWindow(scene.budget, options.own);
    this.budget = new CreditBudget(items, bytes);
    this.granted = { items, bytes };
  }

  get outstanding(): number {
    return this.granted.bytes - this.taken * this.options.itemBytes;
  }

  step(): void {
    const { now } = this.#scene;
    const { itemBytes, bytesPerMs, takesPerMs } = this.options;
    while (this.#grants[0] !== undefined && this.#grants[0].at <= now) {
      const { items, bytes } = this.#grants.shift()!.grant;
      this.budget.grant(items, bytes);
    }
    this.#mayBytes = Math.min(this.#mayBytes, itemBytes) + bytesPerMs;
    for (; this.#mayBytes >= itemBytes && this.budget.open; this.#mayBytes -= itemBytes) {
      this.budget.spend(itemBytes);
      this.#items.push(now + DELAY_MS);
    }
    for (; this.#items[0] !== undefined && this.#items[0] <= now; this.#items.shift(), this.#waiting++) {
      assert.ok(this.window.receive(itemBytes), "an honest sender was refused");
      assert.ok(this.window.hold(itemBytes));
    }
    this.#may = Math.min(this.#may, 1) + takesPerMs;
    for (; this.#may >= 1 && this.#waiting > 0; this.#may--, this.#waiting--, this.taken++)
      this.#due = this.window.takeHeld(itemBytes) || this.#due;
    if (this.#due) this.grant();
    this.most = Math.max(this.most, this.outstanding);
  }

  grant(): void {
    this.#due = false;
    this.granted = this.window.grant();
    this.#grants.push({ at: this.#scene.now + DELAY_MS, grant: this.granted });
  }

  close(): void {
    this.window.close();
    this.#scene.lines.splice(this.#scene.lines.indexOf(this), 1);
  }
}

const test = suite("session/stream-window");

test("a window grows to a few times what its reader takes in a roundtrip", () => {
  const scene = new Scene({ ...small, streamBudgetBytes: 10_000_000 });
  const line = scene.open({ bytesPerMs: 1_000 });
  scene.run(1_000);
  const product = 1_000 * 2 * DELAY_MS;
  assert.ok(line.most >= 2 * product, String(line.most));
  assert.ok(line.most <= 5 * product, String(line.most));
  const before = line.taken;
  scene.run(100);
  assert.ok((line.taken - before) * 100 >= 0.95 * 100 * 1_000, String(line.taken - before));
});

test("small items open a window as far as large ones", () => {
  const scene = new Scene({ ...small, streamBudgetBytes: 10_000_000 });
  const line = scene.open({ itemBytes: 10, bytesPerMs: 1_000 });
  scene.run(2_000);
  const before = line.taken;
  scene.run(100);
  assert.ok((line.taken - before) * 10 >= 0.95 * 100 * 1_000, String(line.taken - before));
});

test("a window does not grow for a reader that takes less than it holds, nor for one that never reads", () => {
  const scene = new Scene({ ...small, streamBudgetBytes: 10_000_000 });
  // 20 ms are the roundtrip: in that time it takes 300 of 1,000 bytes.
  const slow = scene.open({ takesPerMs: 0.15 });
  const never = scene.open({ takesPerMs: 0 });
  scene.run(3_000);
  assert.ok(slow.most <= 1_100, String(slow.most));
  assert.is(never.most, 1_000);
});

test("no time, no growth: what comes at once says nothing about the path", () => {
  const scene = new Scene();
  const line = scene.open();
  for (let round = 0; round < 100; round++) {
    for (let item = 0; item < 5; item++) line.window.receive(100);
    for (let item = 0; item < 5; item++) line.window.take(100);
    line.grant();
  }
  assert.is(line.granted.bytes, 100 * 500 + 1_000);
});

test("no stream has more than an eighth of the budget", () => {
  const scene = new Scene();
  const line = scene.open();
  scene.run(1_000);
  assert.ok(line.most > 0.9 * 10_500 && line.most <= 10_500, String(line.most));
});

test("all together have no more than the budget, and equal streams have equal windows in the end", () => {
  const scene = new Scene({ ...small, streams: 20, streamBudgetBytes: 100_000 });
  const lines = Array.from({ length: 20 }, () => scene.open());
  for (let step = 0; step < 100; step++) {
    scene.run(20);
    assert.ok(scene.outstanding <= 100_000, String(scene.outstanding));
  }
  const windows = lines.map(({ outstanding }) => outstanding);
  assert.ok(Math.min(...windows) > 2_000, String(windows));
});

test("who comes late gets a share of what the first ones took", () => {
  const scene = new Scene({ ...small, streams: 10, streamBudgetBytes: 34_000 });
  const early = Array.from({ length: 8 }, () => scene.open());
  scene.run(1_000);
  assert.ok(early[7]!.outstanding > 3_000);
  const late = scene.open();
  scene.run(1_000);
  // 24,000 are there to grow by, for nine.
  assert.ok(late.most > 3_000, String(late.most));
  assert.ok(scene.outstanding <= 34_000);
});

test("a stream that is over gives back what it had", () => {
  const scene = new Scene();
  for (const own of [true, false]) {
    const line = scene.open({ own });
    scene.run(500);
    assert.ok(scene.budget.extraBytes > 0);
    line.close();
    line.window.close();
    assert.is(scene.budget.extraBytes, 0);
  }
});

test("streams of its own count: when they take the budget, nothing grows", () => {
  const scene = new Scene({ ...small, streamBudgetBytes: 24_000 });
  const own = Array.from({ length: 20 }, () => scene.open({ own: true, takesPerMs: 0 }));
  const line = scene.open();
  scene.run(1_000);
  assert.is(line.most, 1_000);
  for (const stream of own) stream.close();
  scene.run(1_000);
  assert.ok(line.most > 2_000, String(line.most));
});

test("what was told stays when another connection takes over, and the window with it", () => {
  const scene = new Scene();
  const line = scene.open();
  scene.run(1_000);
  const { granted } = line;
  line.window.restate();
  line.grant();
  assert.ok(line.granted.bytes >= granted.bytes);
  scene.run(1_000);
  assert.ok(line.outstanding > 0.9 * 10_500);
});

test("a peer that has credit left and takes its time makes no window grow", () => {
  for (const bytesPerMs of [200, 100, 10]) {
    const scene = new Scene({ streams: 4, streamItems: 100, streamBytes: 10_000, streamBudgetBytes: 10_000_000 });
    const line = scene.open({ bytesPerMs });
    scene.run(10_000);
    assert.ok(line.taken > 900);
    assert.is(scene.budget.extraBytes, 0, String(bytesPerMs));
  }
});

test("a window that holds a few items only becomes one of a few more, however slowly they come", () => {
  const scene = new Scene({ streams: 4, streamItems: 100, streamBytes: 10_000, streamBudgetBytes: 10_000_000 });
  const line = scene.open({ itemBytes: 2_000, bytesPerMs: 10 });
  scene.run(100_000);
  assert.ok(line.most < 20 * 2_000, String(line.most));
});

test("whatever happens, outstanding credit stays within the budget, is never taken back, and is free in the end", () => {
  const action = fc.oneof(
    fc.record({ type: fc.constant("open" as const), itemBytes: fc.integer({ min: 1, max: 900 }), takes: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ type: fc.constant("close" as const), which: fc.nat(20) }),
    fc.record({ type: fc.constant("pace" as const), which: fc.nat(20), takes: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ type: fc.constant("run" as const), ms: fc.integer({ min: 1, max: 60 }) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      const scene = new Scene({ ...small, streams: 8, streamBudgetBytes: 30_000 });
      for (const action of actions) {
        const line = "which" in action ? scene.lines[action.which % Math.max(1, scene.lines.length)] : undefined;
        const before = scene.lines.map(({ granted }) => granted.bytes);
        if (action.type === "open" && scene.lines.length < 8) scene.open({ itemBytes: action.itemBytes, takesPerMs: action.takes });
        else if (action.type === "close") line?.close();
        else if (action.type === "pace" && line !== undefined) line.options.takesPerMs = action.takes;
        else if (action.type === "run") {
          scene.run(action.ms);
          for (const [at, { granted }] of scene.lines.entries()) assert.ok(granted.bytes >= before[at]!);
        }
        const unopened = 8 - scene.lines.length;
        assert.ok(scene.outstanding + unopened * 1_000 <= 30_000, String(scene.outstanding));
      }
      for (const line of [...scene.lines]) line.close();
      assert.is(scene.budget.extraBytes, 0);
      assert.is(scene.budget.heldBytes, 0);
    }),
    { numRuns: 300 },
  );
});

test.run();
