import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ChunkQueue } from "../../../runtime/transport/chunk-queue.ts";

const test = suite("transport/chunk-queue");

test("bytes come out as they went in, in whatever lengths they are taken", () => {
  const step = fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.integer({ min: 0, max: 20 }), fc.constant(undefined));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new ChunkQueue();
      const model: number[] = [];
      for (const action of steps) {
        if (action instanceof Uint8Array) {
          queue.push(action);
          model.push(...action);
        } else {
          const taken = queue.take(action);
          assert.equal([...(taken ?? [])], model.splice(0, taken?.length ?? 0));
          if (action !== undefined && taken !== undefined) assert.is(taken.length, Math.min(action, model.length + taken.length));
        }
        assert.is(queue.bytes, model.length);
      }
      assert.equal([...(queue.take(model.length) ?? [])], model);
      assert.is(queue.take(), undefined);
    }),
  );
});

test("a whole chunk comes out as the very memory that went in", () => {
  const queue = new ChunkQueue();
  const chunk = Uint8Array.of(1, 2, 3);
  queue.push(chunk);
  assert.is(queue.take(), chunk);
  queue.push(chunk);
  assert.is(queue.take(2)?.buffer, chunk.buffer);
});

test.run();
