import type { Worker } from "node:cluster";
import { EventEmitter } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Exchange } from "../../../../runtime/server/processes/exchange.ts";
import type { ConnectionNotice } from "../../../../runtime/server/processes/notice.ts";

/** A process that takes what it is sent when the test says so. */
class SlowProcess extends EventEmitter {
  readonly got: unknown[] = [];
  #sent: (() => void) | undefined;
  connected = true;
  readonly process = {
    pid: 77,
    send: (message: unknown, handle: unknown, _options: unknown, sent: () => void): void => {
      this.got.push(message, handle);
      this.#sent = sent;
    },
  };

  isConnected(): boolean {
    return this.connected;
  }

  /** False when nothing is on its way to it. */
  take(): boolean {
    const sent = this.#sent;
    this.#sent = undefined;
    sent?.();
    return sent !== undefined;
  }

  die(end: string): void {
    this.connected = false;
    this.emit(end);
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

const silent = (): void => {};

const test = suite("server/processes/exchange");

test("a connection goes to the process of its route, and is closed here once it has left", () => {
  const exchange = new Exchange(silent);
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
    const exchange = new Exchange(silent);
    const [from, to] = [new SlowProcess(), new SlowProcess()];
    exchange.add("bb", to.worker);
    to.die(end);
    const handle = new Handle();
    exchange.pass(notice("bb"), handle, from.worker);
    assert.equal(to.got, []);
    assert.equal(from.got, [{ zserver: notice("bb") }, handle]);
  });

  test(`what waits for a process that dies (${end}) goes back to where it comes from, in order and once`, () => {
    const exchange = new Exchange(silent);
    const [from, to] = [new SlowProcess(), new SlowProcess()];
    exchange.add("bb", to.worker);
    const handles = [new Handle(), new Handle(), new Handle()];
    for (const handle of handles) exchange.pass(notice("bb"), handle, from.worker);
    to.take();
    to.die(end);
    // Node tells of a write that failed when it likes, and of what it kept never.
    to.take();
    while (from.take());
    assert.equal(from.got, [{ zserver: notice("bb") }, handles[1], { zserver: notice("bb") }, handles[2]]);
    assert.equal(
      handles.map(({ closed }) => closed),
      [1, 1, 1],
    );
  });

  test(`what waits for a process that dies (${end}) and that nobody can have is ended`, () => {
    const exchange = new Exchange(silent);
    const [from, to] = [new SlowProcess(), new SlowProcess()];
    exchange.add("bb", to.worker);
    const [one, other] = [new Handle(), new Handle()];
    exchange.pass(notice("bb"), one, from.worker);
    exchange.pass(notice("bb"), other, to.worker);
    from.die(end);
    to.die(end);
    assert.equal([one.closed, other.closed], [1, 1]);
  });
}

test("a connection for a process that takes none any more goes back to where it comes from, while others are on their way to it", () => {
  const exchange = new Exchange(silent);
  const [from, to] = [new SlowProcess(), new SlowProcess()];
  exchange.add("bb", to.worker);
  exchange.pass(notice("bb"), new Handle(), from.worker);
  exchange.remove("bb");
  const handle = new Handle();
  exchange.pass(notice("bb"), handle, from.worker);
  assert.is(to.got.length, 2);
  assert.equal(from.got, [{ zserver: notice("bb") }, handle]);
});

test("a process is given one connection at a time, so that what else it is told does not wait behind all of them", () => {
  const exchange = new Exchange(silent);
  const [from, to] = [new SlowProcess(), new SlowProcess()];
  exchange.add("bb", to.worker);
  for (let count = 0; count < 3; count++) exchange.pass(notice("bb"), new Handle(), from.worker);
  assert.is(to.got.length, 2);
  to.take();
  assert.is(to.got.length, 4);
});

test("a connection that can neither go there nor back is ended, and one that did not arrive is nobody's", () => {
  const exchange = new Exchange(silent);
  const from = new SlowProcess();
  from.connected = false;
  const handle = new Handle();
  exchange.pass(notice("bb"), handle, from.worker);
  exchange.pass(notice("bb"), undefined, from.worker);
  assert.is(handle.closed, 1);
  assert.equal(from.got, []);
});

test("connections that wait for a process are bounded: the next is ended, until it takes some; the log is told once", () => {
  const log: string[] = [];
  const exchange = new Exchange(({ message }) => void log.push(message));
  const [from, to] = [new SlowProcess(), new SlowProcess()];
  exchange.add("bb", to.worker);
  const handles = Array.from({ length: 5_000 }, () => new Handle());
  for (const handle of handles) exchange.pass(notice("bb"), handle, from.worker);
  const refused = handles.filter(({ closed }) => closed === 1).length;
  assert.is(refused, 5_000 - 4_096);
  assert.equal(log, ["process 77 does not take the connections of its sessions as fast as they come; some clients come again"]);
  while (to.take());
  assert.ok(handles.every(({ closed }) => closed === 1));
  const late = new Handle();
  exchange.pass(notice("bb"), late, from.worker);
  assert.is(late.closed, 0);
  assert.is(exchange.passed, 4_096);
});

test.run();
