import { type CaseBody, check, quiet, startBoth } from "./case.ts";

export const backpressureCases: readonly CaseBody[] = [
  {
    name: "write returns false when much is buffered, and onDrain follows once when all is written",
    async run(a, b) {
      startBoth(a, b);
      for (const end of [a, b]) {
        end.fill();
        check(end.transport.bufferedBytes > 0, "write returned false with nothing buffered");
        check(!end.send(1), "write returned true before onDrain");
        await end.until(() => end.drains > 0);
        check(end.transport.bufferedBytes === 0, `onDrain with ${end.transport.bufferedBytes} bytes buffered`);
        await quiet();
        check(end.drains === 1, `onDrain ${end.drains} times`);
      }
      await Promise.all([a.until(() => a.received === b.sent), b.until(() => b.received === a.sent)]);
    },
  },
  {
    name: "a paused end gets nothing, and everything once it resumes",
    async run(a, b) {
      startBoth(a, b);
      for (const [sender, receiver] of [
        [a, b],
        [b, a],
      ] as const) {
        receiver.pause();
        sender.send(10);
        sender.send(200_000);
        await quiet();
        check(receiver.received === 0, "bytes came while paused");
        receiver.resume();
        await receiver.until(() => receiver.received === sender.sent);
      }
    },
  },
  {
    name: "an end may pause from within onBytes",
    async run(a, b) {
      startBoth(a, b);
      b.onArrival = () => b.pause();
      for (let i = 0; i < 50; i++) a.send(100);
      for (let pauses = 0; b.received < a.sent; pauses++) {
        check(pauses < 1000, "never everything");
        await quiet();
        b.resume();
        const before = b.received;
        await b.until(() => b.received > before || b.received === a.sent);
      }
    },
  },
  {
    name: "pausing and resuming at once changes nothing",
    async run(a, b) {
      startBoth(a, b);
      a.send(1000);
      b.pause();
      b.resume();
      b.pause();
      b.resume();
      a.send(1000);
      await b.until(() => b.received === a.sent);
    },
  },
  {
    name: "a paused end stops its peer from sending, and lets it go on",
    async run(a, b) {
      startBoth(a, b);
      b.pause();
      await a.fillUntilStopped();
      const { drains } = a;
      b.resume();
      await Promise.all([a.until(() => a.drains > drains), b.until(() => b.received === a.sent)]);
    },
  },
];
