import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as ws from "ws";
import { opcodes } from "../../../runtime/transport/websocket-header.ts";
import { MAX_MESSAGE_BYTES } from "../../../runtime/transport/websocket-limits.ts";
import { type FrameEvents, WebSocketReader } from "../../../runtime/transport/websocket-reader.ts";
import { type ClientFrame, clientFrame, closing } from "../../support/transport/client-frames.ts";

const test = suite("transport/websocket-reader");

const { continuation, text, binary, close, ping, pong } = opcodes;

/** What a reader made of the bytes of its peer. */
interface Reading {
  readonly payload: number[];
  readonly pings: number[][];
  /** `closed` and `violation` with their codes, in the order in which they were told. */
  readonly ends: string[];
}

function read(chunks: Iterable<Uint8Array>, peerMasks = true): Reading {
  const reading: Reading = { payload: [], pings: [], ends: [] };
  const events: FrameEvents = {
    onPayload(bytes) {
      assert.ok(bytes.length > 0, "payload is never empty");
      for (const byte of bytes) reading.payload.push(byte);
    },
    onPing: (payload) => void reading.pings.push([...payload]),
    onCloseFrame: (code) => void reading.ends.push(`closed ${code}`),
    onViolation: (code) => void reading.ends.push(`violation ${code}`),
  };
  const reader = new WebSocketReader(events, peerMasks);
  for (const chunk of chunks) reader.read(chunk);
  return reading;
}

/** The same bytes, read by the receiver of ws. */
async function readByWs(chunks: Iterable<Uint8Array>, peerMasks: boolean): Promise<Reading> {
  const { Receiver } = ws as unknown as { Receiver: new (options: object) => NodeJS.WritableStream };
  const reading: Reading = { payload: [], pings: [], ends: [] };
  const receiver = new Receiver({ isServer: peerMasks, maxPayload: MAX_MESSAGE_BYTES });
  receiver.on("message", (data: Buffer) => {
    for (const byte of data) reading.payload.push(byte);
  });
  receiver.on("ping", (payload: Buffer) => reading.pings.push([...payload]));
  receiver.on("conclude", (code: number) => reading.ends.push(`closed ${code}`));
  receiver.on("error", (error: Error & Record<symbol, number>) => {
    const status = Object.getOwnPropertySymbols(error).find((symbol) => symbol.description === "status-code")!;
    reading.ends.push(`violation ${error[status]}`);
  });
  for (const chunk of chunks) {
    if (reading.ends.length === 0) receiver.write(Buffer.from(chunk));
    await null;
  }
  await turn();
  return reading;
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = Math.min(bytes.length, at + (sizes[i % sizes.length] ?? bytes.length));
    yield bytes.slice(at, end);
    at = end;
  }
}

const join = (frames: readonly ClientFrame[]): Uint8Array => Uint8Array.from(Buffer.concat(frames.map(clientFrame)));

const mask = fc.oneof(fc.constant([0, 0, 0, 0]), fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }));
const payload = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 120, maxLength: 400 }));
const control = fc.record({ opcode: fc.constantFrom(ping, pong), payload: fc.uint8Array({ maxLength: 125 }), mask });
/** The frames of one message, with control frames between them. */
const message = fc
  .array(fc.record({ payload, mask, between: fc.array(control, { maxLength: 2 }) }), { minLength: 1, maxLength: 4 })
  .map((fragments) =>
    fragments.flatMap(({ payload, mask, between }, i): ClientFrame[] => [
      { opcode: i === 0 ? binary : continuation, fin: i === fragments.length - 1, payload, mask },
      ...between,
    ]),
  );
/** What ends a conversation: in order, or any frame at all. */
const last: fc.Arbitrary<ClientFrame[]> = fc.oneof(
  fc.constant<ClientFrame[]>([]),
  fc
    .record({
      opcode: fc.constant(close),
      payload: fc.oneof(
        fc.constant(new Uint8Array(0)),
        fc.nat(5100).map((code) => closing(code)),
      ),
      mask,
    })
    .map((frame) => [frame]),
  fc
    .record({
      opcode: fc.nat(15).filter((opcode) => opcode !== text),
      payload: fc.uint8Array({ maxLength: 140 }),
      fin: fc.boolean(),
      reserved: fc.constantFrom(0, 0, 0, 1, 2, 4),
      mask: fc.option(mask, { nil: undefined }),
    })
    .map((frame) => [frame]),
);
const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 300 })), { minLength: 1, maxLength: 8 });

test("whatever a peer sends, client or server, and however it is cut, ws makes the same of it", async () => {
  const conversation = fc.tuple(fc.array(message, { maxLength: 4 }), last, sizes, fc.boolean());
  await fc.assert(
    fc.asyncProperty(conversation, async ([messages, end, sizes, peerMasks]) => {
      const frames = messages.flat().map((frame) => (peerMasks ? frame : { ...frame, mask: undefined }));
      const bytes = join([...frames, ...end]);
      const ours = read(cut(bytes, sizes), peerMasks);
      const theirs = await readByWs(cut(bytes, sizes), peerMasks);
      assert.equal([ours.ends, ours.pings], [theirs.ends, theirs.pings]);
      // A message that does not end is told here, as far as it came.
      assert.equal(ours.payload.slice(0, theirs.payload.length), theirs.payload);
      const complete = end.every(({ opcode, fin }) => opcode > binary || fin !== false);
      if (complete) assert.is(ours.payload.length, theirs.payload.length);
    }),
    { numRuns: 500 },
  );
});

const one = Uint8Array.of(1);
const of = (length: number): Uint8Array => new Uint8Array(length).fill(1);

/** What ends a connection, by the section of RFC 6455 that says so. */
const rules: readonly [rule: string, frames: ClientFrame[], end: string][] = [
  ["5.1: a client's frame is masked", [{ opcode: binary, payload: one, mask: undefined }], "violation 1002"],
  ["5.1: an empty one, too", [{ opcode: binary, mask: undefined }], "violation 1002"],
  ["5.2: RSV1 is 0 without an extension", [{ opcode: binary, reserved: 4, payload: one }], "violation 1002"],
  ["5.2: RSV2 is 0", [{ opcode: binary, reserved: 2, payload: one }], "violation 1002"],
  ["5.2: RSV3 is 0", [{ opcode: ping, reserved: 1 }], "violation 1002"],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, ClientFrame[], string] => [
    `5.2: opcode ${opcode} is reserved`,
    [{ opcode, payload: one }],
    "violation 1002",
  ]),
  ["5.2: 125 bytes need no 16 bits of length", [{ opcode: binary, payload: of(125), lengthBytes: 2 }], "violation 1002"],
  ["5.2: 65,535 bytes need no 64 bits of length", [{ opcode: binary, payload: of(65_535), lengthBytes: 8 }], "violation 1002"],
  ["5.4: a continuation continues", [{ opcode: continuation, payload: one }], "violation 1002"],
  ["5.4: nor does it after the end of a message", [{ opcode: binary }, { opcode: continuation }], "violation 1002"],
  ["5.4: fragments of messages are not interleaved", [{ opcode: binary, fin: false }, { opcode: binary }], "violation 1002"],
  ["5.5: a control frame is not fragmented", [{ opcode: ping, fin: false }], "violation 1002"],
  ["5.5: a closing frame is not fragmented", [{ opcode: close, fin: false }], "violation 1002"],
  ["5.5: a control frame has 125 bytes at most", [{ opcode: ping, payload: of(126) }], "violation 1002"],
  ["5.5: whatever bytes say its length", [{ opcode: pong, payload: of(1), lengthBytes: 2 }], "violation 1002"],
  ["5.5.1: a closing frame's code has two bytes", [{ opcode: close, payload: one }], "violation 1002"],
  ["5.5.1: its reason is UTF-8", [{ opcode: close, payload: closing(1000, Uint8Array.of(0xc3, 0x28)) }], "violation 1007"],
  ["5.6: text is not understood here", [{ opcode: text, payload: one }], "violation 1003"],
  ["7.4.1: a message is not longer than the limit", [{ opcode: binary, length: MAX_MESSAGE_BYTES + 1 }], "violation 1009"],
  ["7.4.1: not by a length of 63 bits", [{ opcode: binary, length: 2 ** 62 }], "violation 1009"],
  [
    "7.4.1: not in fragments",
    [
      { opcode: binary, fin: false, payload: one },
      { opcode: continuation, length: MAX_MESSAGE_BYTES },
    ],
    "violation 1009",
  ],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code): [string, ClientFrame[], string] => [
    `7.4: code ${code} is never sent`,
    [{ opcode: close, payload: closing(code) }],
    "violation 1002",
  ]),
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map(
    (code): [string, ClientFrame[], string] => [
      `7.4: code ${code} is fine`,
      [{ opcode: close, payload: closing(code, Buffer.from("Grüße")) }],
      `closed ${code}`,
    ],
  ),
  ["7.1.5: a closing frame may have no code", [{ opcode: close }], "closed 1005"],
];

for (const [rule, frames, end] of rules) {
  test(rule, () => {
    const bytes = join([{ opcode: binary, payload: of(3), mask: [1, 2, 3, 4] }, ...frames, { opcode: binary, payload: of(9) }]);
    for (const size of [bytes.length, 1, 7]) {
      const { payload, ends } = read(cut(bytes, [size]));
      assert.equal(ends, [end]);
      assert.ok(payload.length <= 4, "nothing is told behind the end");
    }
  });
}

test("5.1: a server's frame is not masked, not with zeros either", () => {
  const plain: ClientFrame = { opcode: binary, payload: one, mask: undefined };
  assert.equal(read([join([plain, { ...plain, mask: [0, 0, 0, 0] }, plain])], false), {
    payload: [1],
    pings: [],
    ends: ["violation 1002"],
  });
  assert.equal(read([join([plain, { opcode: ping, mask: [1, 2, 3, 4] }])], false).ends, ["violation 1002"]);
});

test("payload is passed on where it lies, without a copy, as soon as it comes", () => {
  const frame = clientFrame({ opcode: binary, payload: of(200), mask: [9, 8, 7, 6] });
  const pieces: Uint8Array[] = [];
  const unexpected = (): void => assert.unreachable();
  const onPayload = (piece: Uint8Array): void => void pieces.push(piece);
  const reader = new WebSocketReader({ onPayload, onPing: unexpected, onCloseFrame: unexpected, onViolation: unexpected }, true);
  const chunk = frame.slice(0, 100);
  reader.read(chunk);
  assert.is(pieces.length, 1);
  assert.is(pieces[0]!.buffer, chunk.buffer);
  assert.equal([...pieces[0]!], new Array(92).fill(1));
  const rest = frame.slice(100);
  reader.read(rest);
  assert.is(pieces[1], rest);
  assert.equal([...rest], new Array(108).fill(1));
});

test("a million empty frames and fragments are nothing, and keep nothing", () => {
  const fragments = new Array<ClientFrame>(998).fill({ opcode: continuation, fin: false });
  const many = join([{ opcode: binary, fin: false }, ...fragments, { opcode: continuation }]);
  const reads = function* (): Generator<Uint8Array> {
    for (let i = 0; i < 1_000; i++) yield many.slice();
  };
  const { payload, ends } = read(reads());
  assert.equal([payload, ends], [[], []]);
});

test("a reader that was stopped tells nothing more, also from within", () => {
  const bytes = join([{ opcode: binary, payload: one }, { opcode: binary, payload: one }, { opcode: close }]);
  let told = 0;
  const unexpected = (): void => assert.unreachable();
  const onPayload = (): void => {
    told++;
    reader.stop();
  };
  const reader = new WebSocketReader({ onPayload, onPing: unexpected, onCloseFrame: unexpected, onViolation: unexpected }, true);
  reader.read(bytes);
  reader.read(bytes);
  assert.is(told, 1);
});

test.run();
