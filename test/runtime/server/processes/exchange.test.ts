import type { Worker } from "node:cluster";
import { EventEmitter } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Exchange } from "../../../../runtime/server/processes/exchange.ts";
import type { ConnectionNotice } from "../../../../runtime/server/processes/notice.ts";

/** A process that takes what it is sent when the test says so. */
class SlowProcess extends EventEmitter {
  readonly got: unknown[] = [];
  readonly #taken: (() => void)[] = [];
  connected = true;
  readonly process = {
    send: (message: unknown, handle: unknown, _options: unknown, sent: () => void): void => {
      this.got.push(message, handle);
      this.#taken.push(sent);
    },
  };

  isConnected(): boolean {
    return this.connected;
  }

  take(): void {
    for (const sent of this.#taken.splice(0)) sent();
  }

  get worker(): Worker {
    return this as unknown as Worker;
  }
}

class Handle {
  closed = 0;

  close(): void {
    this.closed++;
  }
}

const notice = (route: string): ConnectionNotice => ({
  kind: "connection",
  route,
  passage: { scheme: "tcp", remote: undefined, bytes: Uint8Array.of(1) },
});

const test = suite("server/processes/exchange");

test("a connection goes to the process of its route, and is closed here once it has left", () => {
  const exchange = new Exchange();
  const [from, to] = [new SlowProcess(), new SlowProcess()];
  exchange.add("aa", from.worker);
  exchange.add("bb", to.worker);
  const handle = new Handle();
  exchange.pass(notice("bb"), handle, from.worker);
  assert.equal(to.got, [{ zserver: notice("bb") }, handle]);
  assert.equal(from.got, []);
  assert.is(handle.closed, 0);
  to.take();
  assert.is(handle.closed, 1);
});

for (const end of ["disconnect", "exit"]) {
  test(`a connection for a process that is gone (${end}) goes back to where it comes from`, () => {
    const exchange = new Exchange();
    const [from, to] = [new SlowProcess(), new SlowProcess()];
    exchange.add("bb", to.worker);
    to.emit(end);
    const handle = new Handle();
    exchange.pass(notice("bb"), handle, from.worker);
    assert.equal(to.got, []);
    assert.equal(from.got, [{ zserver: notice("bb") }, handle]);
  });
}

test("a connection that can neither go there nor back is ended, and one that did not arrive is nobody's", () => {
  const exchange = new Exchange();
  const from = new SlowProcess();
  from.connected = false;
  const handle = new Handle();
  exchange.pass(notice("bb"), handle, from.worker);
  exchange.pass(notice("bb"), undefined, from.worker);
  assert.is(handle.closed, 1);
  assert.equal(from.got, []);
});

test("connections that wait for a process are bounded: the next is ended, until it takes some", () => {
  const exchange = new Exchange();
  const [from, to] = [new SlowProcess(), new SlowProcess()];
  exchange.add("bb", to.worker);
  const handles = Array.from({ length: 5_000 }, () => new Handle());
  for (const handle of handles) exchange.pass(notice("bb"), handle, from.worker);
  const refused = handles.filter(({ closed }) => closed === 1).length;
  assert.is(refused, 5_000 - 4_096);
  to.take();
  assert.ok(handles.every(({ closed }) => closed === 1));
  const late = new Handle();
  exchange.pass(notice("bb"), late, from.worker);
  assert.is(late.closed, 0);
});

test.run();
