import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Channel } from "../../../runtime/channel/channel.ts";
import { Connection, type ConnectionHost } from "../../../runtime/session/connection.ts";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import type { Transport, TransportEvents } from "../../../runtime/transport/transport.ts";

/** A transport that does this when it is started, and nothing else. */
function transport(started: (events: TransportEvents) => void): Transport {
  const nothing = (): void => {};
  return {
    peer: "test",
    bufferedBytes: 0,
    start: started,
    write: () => true,
    close: nothing,
    destroy: nothing,
    pause: nothing,
    resume: nothing,
  };
}

/** Starts a connection over it; what its channel is asked, in order, and what the connection tells. */
function start(started: (events: TransportEvents) => void): string[] {
  const told: string[] = [];
  const channel: Partial<Channel> = {
    start: () => void told.push("start"),
    receive: ({ length }) => void told.push(`receive ${length}`),
    destroy: () => void told.push("destroy"),
  };
  const host: ConnectionHost = {
    established: () => undefined,
    failed: (reason) => void told.push(reason),
    rotated() {},
    released: () => void told.push("released"),
  };
  new Connection(transport(started), () => channel as Channel, host, timersOf(new ManualClock())).start();
  return told;
}

const test = suite("session/connection");

test("what a transport has kept and brings when it is started finds a channel that has begun", () => {
  const told = start((events) => {
    events.onBytes(new Uint8Array(3));
    events.onBytes(new Uint8Array(4));
  });
  assert.equal(told, ["start", "receive 3", "receive 4"]);
});

test("a transport that ends when it is started leaves a channel that never begins", () => {
  const told = start((events) => events.onClose({ kind: "ended", message: "gone" }));
  assert.equal(told, ["destroy", "TRANSPORT_CLOSED", "released"]);
});

for (const carried of [true, false])
  test(`a transport that throws when it is written to has failed, which is told once the write is over, ${carried ? "to the session" : "before there is one"}`, async () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const channel: Partial<Channel> = { start() {}, destroy: () => void told.push("destroy") };
    const host: ConnectionHost = {
      established: () => undefined,
      failed: (reason, message) => void told.push(`${reason}: ${message}`),
      rotated() {},
      released() {},
    };
    const broken = transport(() => {});
    broken.write = () => {
      throw new Error("out of order");
    };
    const connection = new Connection(broken, () => channel as Channel, host, timersOf(clock));
    const connectionLost = (reason: string, message: string): void => void told.push(`${reason}: ${message}`);
    if (carried) connection.carry({ heard() {}, receive() {}, drained() {}, close() {}, connectionLost });
    connection.start();
    connection.output(new Uint8Array(1));
    connection.output(new Uint8Array(1));
    assert.equal([told, connection.writable], [[], false]);
    await clock.settle(100);
    assert.equal(told, ["destroy", "TRANSPORT_FAILED: the transport threw Error: out of order"]);
  });

test.run();
