import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ReadAhead, type Seen } from "../../../../runtime/server/processes/read-ahead.ts";
import type { Detached } from "../../../../runtime/transport/transport.ts";
import { gather, Wires } from "../../../support/server/wires.ts";

/** Sees the first `count` bytes, of which it takes `takenBytes`. */
const first =
  (count: number, takenBytes = 0) =>
  (bytes: Uint8Array): Seen<string> | undefined =>
    bytes.length < count ? undefined : { value: bytes.subarray(0, count).join(" "), takenBytes };

const test = suite("server/processes/read ahead");

test("who starts it gets what was seen, and all that came since, once and in order", async () => {
  const wires = new Wires();
  const [far, near] = wires.pair();
  gather(far);
  const ahead = new ReadAhead(near);
  const looking = ahead.look(first(3));
  for (const byte of [1, 2, 3, 4]) {
    far.write(Uint8Array.of(byte));
    await wires.settle();
  }
  await wires.settle();
  assert.is(await looking, "1 2 3");
  const got = gather(ahead);
  far.write(Uint8Array.of(5));
  far.close();
  await wires.settle();
  assert.equal(got, [1, 2, 3, 4, 5, "ended"]);
});

test("what was taken is nobody's afterwards", async () => {
  const wires = new Wires();
  const [far, near] = wires.pair();
  gather(far);
  const ahead = new ReadAhead(near);
  const looking = ahead.look(first(2, 2));
  far.write(Uint8Array.of(1, 2, 3));
  await wires.settle();
  await looking;
  const got = gather(ahead);
  await wires.settle();
  assert.equal(got, [3]);
});

test("looking fails when the other end goes before there was enough to see", async () => {
  const wires = new Wires();
  const [far, near] = wires.pair();
  gather(far);
  const looking = new ReadAhead(near).look(first(3)).then(
    () => "seen",
    () => "failed",
  );
  far.write(Uint8Array.of(1, 2));
  far.close();
  await wires.settle();
  assert.is(await looking, "failed");
});

test("looking fails with what the looker throws, and the transport ends", async () => {
  const wires = new Wires();
  const [far, near] = wires.pair();
  const got = gather(far);
  const looking = new ReadAhead(near)
    .look(() => {
      throw new Error("not that");
    })
    .catch((error: Error) => error.message);
  far.write(Uint8Array.of(1));
  await wires.settle();
  assert.is(await looking, "not that");
  await wires.settle();
  assert.equal(got, ["failed"]);
});

test("what it brings while its user has paused it is kept, in memory of its own", async () => {
  const wires = new Wires();
  const [far, near] = wires.pair();
  gather(far);
  const ahead = new ReadAhead(near);
  const looking = ahead.look(first(1));
  far.write(Uint8Array.of(1));
  await wires.settle();
  await looking;
  const got = gather(ahead);
  ahead.pause();
  far.write(Uint8Array.of(2));
  await wires.settle();
  assert.equal(got, [1]);
  ahead.resume();
  await wires.settle();
  assert.equal(got, [1, 2]);
});

test("what came before it was this process's is told first, once it is started", async () => {
  const wires = new Wires();
  const [far, near] = wires.pair();
  gather(far);
  const ahead = new ReadAhead(near, Uint8Array.of(1, 2));
  far.write(Uint8Array.of(3));
  await wires.settle();
  const got = gather(ahead);
  await wires.settle();
  assert.equal(got, [1, 2, 3]);
});

test("who takes the connection elsewhere gets what was seen, and then what came since", async () => {
  const wires = new Wires();
  const [far, near] = wires.pair();
  gather(far);
  const passage = { scheme: "tcp", remote: undefined, bytes: Uint8Array.of(4) } as const;
  const detached: Detached = { passage, handle: {}, leave() {} };
  const ahead = new ReadAhead(Object.assign(near, { detach: () => detached }));
  const looking = ahead.look(first(2));
  far.write(Uint8Array.of(1, 2, 3));
  await wires.settle();
  await looking;
  assert.equal(ahead.detach(), { ...detached, passage: { ...passage, bytes: Uint8Array.of(1, 2, 3, 4) } });
});

test("a transport that cannot be taken elsewhere goes on here", async () => {
  const wires = new Wires();
  const [far, near] = wires.pair();
  gather(far);
  const ahead = new ReadAhead(near);
  const looking = ahead.look(first(1));
  far.write(Uint8Array.of(1));
  await wires.settle();
  await looking;
  assert.is(ahead.detach(), undefined);
  const got = gather(ahead);
  await wires.settle();
  assert.equal(got, [1]);
});

test.run();
