import { type CaseBody, check, quiet, startBoth } from "./case.ts";
import type { End } from "./end.ts";

export async function bothClosed(a: End, b: End): Promise<void> {
  await Promise.all([a.closed(), b.closed()]);
  await quiet();
  check(a.closes.length === 1 && b.closes.length === 1, `onClose ${a.closes.length} and ${b.closes.length} times`);
}

export function checkKind(end: End, kind: "ended" | "failed"): void {
  const close = end.closes[0]!;
  check(close.kind === kind, `expected the end to be "${kind}", it was "${close.kind}": ${close.message}`);
  check(close.message.length > 0 && !close.message.includes("\n"), "the end comes with no message of one line");
}

export const endingCases: readonly CaseBody[] = [
  {
    name: "close sends what is queued, then ends both sides in order",
    async run(a, b) {
      startBoth(a, b);
      a.fill();
      a.call(() => a.transport.close());
      await bothClosed(a, b);
      check(b.received === a.sent, `${b.received} of ${a.sent} bytes came`);
      checkKind(a, "ended");
      checkKind(b, "ended");
    },
  },
  {
    name: "the other end may close as well, and both may at once",
    async run(a, b) {
      startBoth(a, b);
      a.send(1000);
      b.send(1000);
      b.call(() => b.transport.close());
      a.call(() => a.transport.close());
      await bothClosed(a, b);
      checkKind(a, "ended");
      checkKind(b, "ended");
    },
  },
  {
    name: "a paused end gets what was sent before the close when it resumes, then the end",
    async run(a, b) {
      startBoth(a, b);
      b.pause();
      a.send(100_000);
      a.call(() => a.transport.close());
      await quiet();
      check(b.received === 0 && b.closes.length === 0, "something came while paused");
      b.resume();
      await bothClosed(a, b);
      check(b.received === a.sent, `${b.received} of ${a.sent} bytes came`);
    },
  },
  {
    name: "what came before start, the end included, is told then",
    async run(a, b) {
      a.start();
      a.send(1000);
      a.call(() => a.transport.close());
      await quiet();
      b.start();
      await bothClosed(a, b);
      check(b.received === a.sent, `${b.received} of ${a.sent} bytes came`);
    },
  },
  {
    name: "an end that closes gets nothing more, even while paused with bytes waiting",
    async run(a, b) {
      startBoth(a, b);
      a.pause();
      b.send(1000);
      await quiet();
      a.call(() => a.transport.close());
      b.send(1000);
      await bothClosed(a, b);
      check(a.received === 0, `${a.received} bytes came after close`);
    },
  },
  {
    name: "an end may close from within onBytes",
    async run(a, b) {
      startBoth(a, b);
      b.onArrival = () => b.transport.close();
      for (let i = 0; i < 50; i++) a.send(100);
      await bothClosed(a, b);
      check(b.received > 0, "nothing came");
    },
  },
  {
    name: "destroy drops what is queued and ends both sides",
    async run(a, b) {
      startBoth(a, b);
      b.pause();
      a.fill();
      a.call(() => a.transport.destroy());
      await a.closed();
      check(a.transport.bufferedBytes === 0, "bytes are buffered after the end");
      b.resume();
      await bothClosed(a, b);
      checkKind(a, "failed");
    },
  },
  {
    name: "destroy while paused ends",
    async run(a, b) {
      startBoth(a, b);
      a.pause();
      b.send(1000);
      await quiet();
      a.call(() => a.transport.destroy());
      await bothClosed(a, b);
      check(a.received === 0, `${a.received} bytes came`);
    },
  },
  {
    name: "an end may destroy from within onBytes, and gets nothing more",
    async run(a, b) {
      startBoth(a, b);
      let arrived = 0;
      b.onArrival = () => {
        arrived++;
        b.transport.destroy();
      };
      for (let i = 0; i < 50; i++) a.send(100);
      await bothClosed(a, b);
      check(arrived === 1, `bytes came ${arrived} times`);
    },
  },
  {
    name: "a peer that vanishes is told as a failure",
    async run(a, b, { vanishingFails = true }) {
      startBoth(a, b);
      b.call(() => b.transport.destroy());
      await bothClosed(a, b);
      checkKind(b, "failed");
      if (vanishingFails) checkKind(a, "failed");
    },
  },
  {
    name: "a peer that vanishes while much is queued ends this side as well",
    async run(a, b) {
      startBoth(a, b);
      b.pause();
      a.fill();
      b.call(() => b.transport.destroy());
      await bothClosed(a, b);
    },
  },
  {
    name: "after the end every call is harmless",
    async run(a, b) {
      startBoth(a, b);
      a.call(() => a.transport.close());
      check(a.transport.write(new Uint8Array(10)), "write after close asked to wait");
      await bothClosed(a, b);
      for (const end of [a, b]) {
        end.call(() => {
          const { transport } = end;
          check(transport.write(new Uint8Array(10_000_000)), "write after the end asked to wait");
          transport.pause();
          transport.resume();
          transport.close();
          transport.destroy();
          transport.destroy();
        });
        check(end.transport.bufferedBytes === 0, "bytes are buffered after the end");
      }
      await quiet();
      check(a.closes.length === 1 && b.closes.length === 1, "onClose more than once");
    },
  },
];
