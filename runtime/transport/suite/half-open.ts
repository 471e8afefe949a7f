import { type CaseBody, check, quiet, startBoth } from "./case.ts";
import { bothClosed, checkKind } from "./ending.ts";

/** One side is through, the other is not: half a connection is none. */
export const halfOpenCases: readonly CaseBody[] = [
  {
    name: "an end that closes ends, although its peer goes on sending",
    async run(a, b) {
      startBoth(a, b);
      const sending = b.pump(32 * 1024 * 1024, 64 * 1024).catch(() => {});
      await a.until(() => a.received > 1024 * 1024);
      a.send(1000);
      a.call(() => a.transport.close());
      const { received } = a;
      await bothClosed(a, b);
      await sending;
      check(a.received === received, "bytes came after close");
      check(b.received === a.sent, `${b.received} of ${a.sent} bytes came`);
      checkKind(a, "ended");
      checkKind(b, "ended");
    },
  },
  {
    name: "an end that closes while it is paused lets go a peer that it had stopped",
    async run(a, b) {
      startBoth(b, a);
      b.pause();
      await a.fillUntilStopped();
      b.call(() => b.transport.close());
      await bothClosed(a, b);
      check(b.received === 0, "bytes came after close");
    },
  },
  {
    name: "a stopped end that closes sends everything once its peer reads, and both end",
    async run(a, b) {
      startBoth(a, b);
      b.pause();
      await a.fillUntilStopped();
      a.call(() => a.transport.close());
      await quiet();
      check(b.closes.length === 0, "the end came before the bytes");
      b.resume();
      await bothClosed(a, b);
      check(b.received === a.sent, `${b.received} of ${a.sent} bytes came`);
      checkKind(a, "ended");
      checkKind(b, "ended");
    },
  },
  {
    name: "an end may close after its peer has, with bytes still waiting, and gets none of them",
    async run(a, b) {
      startBoth(a, b);
      b.pause();
      a.send(100_000);
      a.call(() => a.transport.close());
      await quiet();
      b.call(() => b.transport.close());
      await bothClosed(a, b);
      check(b.received === 0, "bytes came after close");
    },
  },
  {
    name: "a peer that vanishes while this end is paused is told at the latest when it resumes",
    async run(a, b) {
      startBoth(a, b);
      a.pause();
      b.send(100_000);
      await quiet();
      b.call(() => b.transport.destroy());
      await b.closed();
      a.resume();
      // How it ended may be hidden by the bytes before it: after reading those, libuv takes a reset for an end.
      await bothClosed(a, b);
    },
  },
  {
    name: "a peer that vanished before start is told then",
    async run(a, b) {
      b.start();
      b.call(() => b.transport.destroy());
      await b.closed();
      await quiet();
      check(a.closes.length === 0, "the end was told before start");
      a.start();
      await bothClosed(a, b);
    },
  },
  {
    name: "an end that is destroyed and never started lets its peer go",
    async run(a, b) {
      a.start();
      b.call(() => b.transport.destroy());
      await a.closed();
      await quiet();
      check(a.closes.length === 1 && b.closes.length === 0, `onClose ${a.closes.length} and ${b.closes.length} times`);
    },
  },
];
