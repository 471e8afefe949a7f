import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { UnfinishedBytes, UnfinishedMessages } from "../../../runtime/session/unfinished-bytes.ts";

const test = suite("session/unfinished-bytes");

test("a session has what is set aside for it, whatever the others hold, and beyond that what they leave", () => {
  const shared = new UnfinishedBytes(100);
  const limits = { messageBytes: 1, unfinishedBytes: 2_000 };
  const [greedy, other] = [new UnfinishedMessages(limits, shared, 50), new UnfinishedMessages(limits, shared, 50)];
  assert.is(greedy.take(150), undefined);
  assert.match(greedy.take(1)!, /all sessions/);
  assert.is(other.take(50), undefined);
  assert.match(other.take(1)!, /all sessions/);
  greedy.free(101);
  assert.is(other.take(100), undefined);
  assert.equal([greedy.held, other.held, shared.held], [49, 150, 100]);
});

test("no session has more than its own limit, which one message fits in", () => {
  const messages = new UnfinishedMessages({ messageBytes: 1, unfinishedBytes: 2_000 });
  assert.is(messages.take(2_000), undefined);
  assert.match(messages.take(1)!, /may take 2000 bytes \(limit unfinishedBytes\)/);
  const one = new UnfinishedMessages({ messageBytes: 5_000, unfinishedBytes: 2_000 });
  assert.equal([one.take(6_024), one.take(1) !== undefined], [undefined, true]);
});

test("whatever comes and goes, no bound is exceeded, and nothing is held in the end", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(900))), (steps) => {
      const shared = new UnfinishedBytes(1_000);
      const limits = { messageBytes: 1, unfinishedBytes: 1_100 };
      const sessions = [0, 1, 2].map(() => ({ messages: new UnfinishedMessages(limits, shared, 30), taken: [] as number[] }));
      for (const [index, bytes] of steps) {
        const { messages, taken } = sessions[index]!;
        if (bytes % 3 === 0 && taken.length > 0) messages.free(taken.pop()!);
        else if (messages.take(bytes) === undefined) taken.push(bytes);
        if (messages.held > 1_100 || shared.held > 1_000 || shared.held < 0) return false;
        if (shared.held !== sessions.reduce((sum, each) => sum + Math.max(0, each.messages.held - 30), 0)) return false;
      }
      for (const { messages, taken } of sessions) for (const bytes of taken) messages.free(bytes);
      return shared.held === 0;
    }),
  );
});

test.run();
