import { type CaseBody, check, quiet, startBoth, turn } from "./case.ts";

const SUSTAINED_BYTES = 64 * 1024 * 1024;
/** Around the borders of varint lengths, WebSocket headers, socket chunks and message limits. */
const SIZES = [1, 2, 3, 125, 126, 127, 1000, 16_384, 65_535, 65_536, 65_537, 300_000, 1_048_576, 1_048_577, 3_000_000];

export const deliveryCases: readonly CaseBody[] = [
  {
    name: "bytes of all sizes arrive in order, in both directions at once",
    async run(a, b) {
      startBoth(a, b);
      for (const size of SIZES) {
        a.send(size);
        b.send(size);
      }
      await Promise.all([a.until(() => a.received === b.sent), b.until(() => b.received === a.sent)]);
    },
  },
  {
    name: "10,000 tiny writes arrive in order, in both directions at once",
    async run(a, b) {
      startBoth(a, b);
      for (let i = 0; i < 10_000; i++) {
        a.send(1 + (i % 7));
        b.send(1 + (i % 5));
      }
      await Promise.all([a.until(() => a.received === b.sent), b.until(() => b.received === a.sent)]);
    },
  },
  {
    name: "2,000 tiny writes in as many turns arrive in order, in both directions at once",
    async run(a, b) {
      startBoth(a, b);
      for (let i = 0; i < 2000; i++) {
        a.send(1 + (i % 3));
        b.send(1 + (i % 11));
        await turn();
      }
      await Promise.all([a.until(() => a.received === b.sent), b.until(() => b.received === a.sent)]);
    },
  },
  {
    name: "bytes arrive as they were written, though their memory is used again once the transport says so",
    async run(a, b) {
      startBoth(a, b);
      for (let i = 0; i < 50; i++) {
        a.sendAndReuse(i === 25 ? 2_500_000 : 100_000);
        if (i % 10 === 0) await turn();
      }
      await b.until(() => b.received === a.sent);
    },
  },
  {
    name: "bytes that came before start are delivered then",
    async run(a, b) {
      a.start();
      a.send(10);
      a.send(100_000);
      await quiet();
      check(b.received === 0, "bytes came before start");
      b.start();
      a.send(10);
      await b.until(() => b.received === a.sent);
    },
  },
  {
    name: "an empty write is no arrival",
    async run(a, b) {
      startBoth(a, b);
      check(a.send(0), "an empty write filled the buffer");
      a.send(5);
      a.send(0);
      await b.until(() => b.received === 5);
    },
  },
  {
    name: "a receiver may answer from within onBytes",
    async run(a, b) {
      startBoth(a, b);
      b.onArrival = () => void b.send(b.received - b.sent);
      for (let i = 0; i < 200; i++) a.send(1000);
      await a.until(() => a.received === a.sent);
    },
  },
  {
    name: "a long transfer in both directions stays whole, and buffers stay bounded",
    async run(a, b, { sustainedBytes = SUSTAINED_BYTES }) {
      const piece = 64 * 1024;
      let highest = 0;
      a.onArrival = b.onArrival = () => {
        highest = Math.max(highest, a.transport.bufferedBytes, b.transport.bufferedBytes);
      };
      startBoth(a, b);
      await Promise.all([a.pump(sustainedBytes, piece), b.pump(sustainedBytes, piece)]);
      await Promise.all([a.until(() => a.received === b.sent), b.until(() => b.received === a.sent)]);
      check(highest < 32 * 1024 * 1024, `a sender that heeds backpressure saw ${highest} bytes buffered`);
    },
  },
];
