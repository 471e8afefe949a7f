import { test } from "uvu";
import * as assert from "uvu/assert";
import { wired } from "../../bench/bulk/wired.ts";
import type { Wire, WireKind } from "../../bench/rpc/wire.ts";

/** Both ends of a wire in one process; `cut` is how many bytes arrive at once. Says how often the client waited for room. */
function pipe(cut: number): { readonly kind: WireKind; waited(): number } {
  const receivers: ((bytes: Buffer) => void)[] = [];
  let waited = 0;
  const end = (own: number): Wire => ({
    write(bytes) {
      for (let at = 0; at < bytes.length; at += cut) receivers[1 - own]!(bytes.subarray(at, at + cut));
      return false;
    },
    async drained() {
      waited++;
    },
    onBytes(receive) {
      receivers[own] = receive;
    },
    close() {},
  });
  const kind: WireKind = {
    async listen(accept) {
      accept(end(0));
      return 1;
    },
    dial: async () => end(1),
  };
  return { kind, waited: () => waited };
}

test("the server counts every byte, whatever pieces they come in, and the client waits for room after each chunk", async () => {
  for (const cut of [8, 13, 1_000]) {
    const { kind, waited } = pipe(cut);
    const contender = wired("pipe", kind);
    const client = await contender.connect(await contender.serve());
    assert.is(await client.pour(Buffer.alloc(100), 7), 700);
    assert.is(await client.pour(Buffer.alloc(30), 1), 30);
    assert.is(waited(), 8);
  }
});

test.run();
