import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameType } from "../../../runtime/session/frame.ts";
import type { Limits } from "../../../runtime/session/limits.ts";
import { probe } from "../../support/command/probe.ts";
import { frame, rawFrame } from "../../support/session/frames.ts";
import { cancel, end, introduce, item, Kind, known, oneWay, request, text, volatile } from "../../support/session/probe-frames.ts";
import { type RawPeer, rawClient } from "../../support/session/raw-peer.ts";
import { clientHello, welcome } from "../../support/session/session-end.ts";
import { World } from "../../support/session/world.ts";

const { ACK, CREDIT, PING, REPLY, FAIL, ITEM, END } = FrameType;
const echo = introduce("Echo", Kind.UNARY);
const limits: Partial<Limits> = {
  messageBytes: 1000,
  commandsInFlight: 3,
  streams: 2,
  queuedCommands: 4,
  queuedBytes: 5000,
  streamItems: 2,
  streamBytes: 100,
  commandNames: 3,
};
const many = (count: number, make: (index: number) => Uint8Array): Uint8Array[] => Array.from({ length: count }, (_, index) => make(index));

/** What a client may not do, each on an open session. `later` and `up` wait for ever in this test's server. */
const illegal: Readonly<Record<string, (raw: RawPeer) => Promise<void> | void>> = {
  "a command id twice": (raw) => raw.send(request(1, echo), request(1, known(1))),
  "a command id that goes back": (raw) => raw.send(request(5, echo), request(3, known(1))),
  "a command id of the server's parity": (raw) => raw.send(request(2, echo)),
  "the command id 0": (raw) => raw.send(request(0, echo)),
  "a command number that was never introduced": (raw) => raw.send(request(1, known(1))),
  "a command number one too high": (raw) => raw.send(request(1, echo), request(3, known(2))),
  "an empty command name": (raw) => raw.send(request(1, [0, "", 0])),
  "a command name of 513 bytes": (raw) => raw.send(request(1, [0, "n".repeat(513), 0])),
  "a command name that is no UTF-8": (raw) => raw.send(request(1, [0, 2, Uint8Array.of(0xff, 0xfe), 0])),
  "a command name that ends too early": (raw) => raw.send(frame(FrameType.REQUEST, 1, 0, 100, Uint8Array.of(65))),
  "more command names than the limit": (raw) => raw.send(...many(4, (index) => oneWay([0, `name ${index}`, 1]))),
  "STOP_ON_ERROR without ORDERED": (raw) => raw.send(request(1, echo, text(), 2)),
  "unknown command flags": (raw) => raw.send(request(1, echo, text(), 4)),
  "a one-way command that asks for an answer": (raw) => raw.send(request(1, introduce("Note", Kind.ONE_WAY))),
  "a unary command that asks for none": (raw) => raw.send(oneWay(introduce("Echo", Kind.UNARY))),
  "a stream that has no number": (raw) => raw.send(oneWay(introduce("Down", Kind.DOWN))),
  "a volatile one-way that introduces its name": (raw) =>
    raw.send(frame(FrameType.SEND_VOLATILE, ...introduce("Blip", Kind.ONE_WAY), 0, text())),
  "a volatile one-way whose name was never introduced": (raw) => raw.send(volatile(1)),
  "a volatile command that is answered": (raw) => raw.send(request(1, echo), volatile(1)),
  "a volatile one-way without anything": (raw) => raw.send(frame(FrameType.SEND_VOLATILE)),
  "a volatile one-way above the limit of messages": (raw) =>
    raw.send(oneWay(introduce("Blip", Kind.ONE_WAY)), volatile(1, text({ text: "x".repeat(2100) }))),
  "a volatile one-way between two that depend on each other": (raw) =>
    raw.send(oneWay(introduce("Note", Kind.ONE_WAY), text(), 1), volatile(1), oneWay(known(1), text(), 2)),
  "a request without anything": (raw) => raw.send(frame(FrameType.REQUEST)),
  "an item of a unary command": (raw) => raw.send(request(1, introduce("Later", Kind.UNARY)), item(1)),
  "an end of a unary command": (raw) => raw.send(request(1, introduce("Later", Kind.UNARY)), end(1)),
  "an item of a stream that only answers": (raw) => raw.send(request(1, introduce("Down", Kind.DOWN), text({ number: 9 })), item(1)),
  "an item of a command that was never started": (raw) => raw.send(item(1)),
  "an end of a command that was never started": (raw) => raw.send(end(7)),
  "a cancellation of a command that was never started": (raw) => raw.send(cancel(9)),
  "a cancellation with more behind it": (raw) => raw.send(request(1, echo), frame(FrameType.CANCEL, 1, 1)),
  "an end with more behind it": (raw) => raw.send(request(1, introduce("Up", Kind.UP)), frame(FrameType.END, 1, 1)),
  "a reply to a command of its own": (raw) => raw.send(request(1, introduce("Later", Kind.UNARY)), frame(REPLY, 1)),
  "a failure of a command of its own": (raw) => raw.send(request(1, introduce("Later", Kind.UNARY)), frame(FAIL, 1)),
  "a reply to a command that the server never started": (raw) => raw.send(frame(REPLY, 2)),
  "a failure of a command that the server never started": (raw) => raw.send(frame(FAIL, 2)),
  "an item for a command that the server never started": (raw) => raw.send(frame(ITEM, 2)),
  "an end of a command that the server never started": (raw) => raw.send(frame(END, 2)),
  "credit for a command that was never started": (raw) => raw.send(frame(CREDIT, 1, 5, 5)),
  "credit for a command that the server never started": (raw) => raw.send(frame(CREDIT, 2, 5, 5)),
  "an acknowledgement of the future": (raw) => raw.send(frame(ACK, 1)),
  "a second hello": (raw) => raw.send(clientHello()),
  "a welcome": (raw) => raw.send(welcome()),
  "an unknown frame": (raw) => raw.send(rawFrame(50 << 2)),
  "a request above the limit of messages": (raw) => raw.send(request(1, echo, text({ text: "x".repeat(2100) }))),
  "more commands in flight than the limit": (raw) =>
    raw.send(...many(4, (index) => request(1 + 2 * index, index === 0 ? introduce("Later", Kind.UNARY) : known(1)))),
  "more streams than the limit": (raw) =>
    raw.send(...many(3, (index) => request(1 + 2 * index, index === 0 ? introduce("Up", Kind.UP) : known(1)))),
  "more items than the credit": (raw) => raw.send(request(1, introduce("Up", Kind.UP)), ...many(3, () => item(1))),
  "more bytes of items than the credit": (raw) =>
    raw.send(request(1, introduce("Up", Kind.UP)), item(1, text({ text: "x".repeat(120) })), item(1)),
  "more commands than the credit": (raw) => raw.send(oneWay(introduce("NoteInTurn", Kind.ONE_WAY)), ...many(5, () => oneWay(known(1)))),
  "more bytes of commands than the credit": (raw) =>
    raw.send(
      oneWay(introduce("NoteInTurn", Kind.ONE_WAY)),
      ...many(2, () => oneWay(known(1), text({ text: "x".repeat(2800 / 2) }))),
      oneWay(known(1), text({ text: "x".repeat(1900) })),
      oneWay(known(1), text({ text: "x".repeat(1900) })),
      oneWay(known(1)),
    ),
};

const test = suite("session/hostile client");

for (const [name, act] of Object.entries(illegal)) {
  test(`${name} ends that session with PROTOCOL_ERROR, and no other`, async () => {
    const world = new World();
    const never = (): Promise<never> => new Promise(() => {});
    const server = await world.serve({
      limits: name.includes("bytes of commands") ? { ...limits, messageBytes: 2000 } : limits,
      handlers: [probe({ noteInTurn: never, up: never })],
    });
    const bystander = await world.connect({ limits: {} });
    const raw = await rawClient(world);
    assert.is(raw.closed, undefined);
    await act(raw);
    await world.settle(100);
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR", `closed: ${JSON.stringify(raw.closed?.message)}`);
    assert.is(raw.ending, "TRANSPORT");
    assert.ok(await world.answers(bystander));
    assert.is([...server.sessions()].length, 1);
    assert.equal(world.log, []);
    await world.until(server.close(), 10_000);
  });
}

/** What crosses on the way, or is refused without ending anything. */
const harmless: Readonly<Record<string, (raw: RawPeer) => Promise<void>>> = {
  "an unknown command": (raw) => raw.send(request(1, [0, "no.such.Service/Command", 0])),
  "an unknown one-way": (raw) => raw.send(oneWay([0, "no.such.Service/Note", 1])),
  "a name with control characters": (raw) => raw.send(request(1, [0, "\u0000\n\u202e", 0])),
  "an unknown command that streams": (raw) =>
    raw.send(request(1, [0, "no.such.Service/Stream", Kind.BOTH]), item(1), item(1), end(1), frame(CREDIT, 1, 50, 500)),
  "a command of a kind that nobody knows": (raw) => raw.send(request(1, introduce("Echo", 5))),
  "a command of another kind": (raw) => raw.send(request(1, introduce("Echo", Kind.BOTH)), item(1)),
  "a request that is no message": (raw) => raw.send(request(1, echo, Uint8Array.of(0x0a, 0x7f))),
  "a one-way that is no message": (raw) => raw.send(oneWay(introduce("Note", Kind.ONE_WAY), Uint8Array.of(0xff))),
  "a volatile one-way that is no message": (raw) => raw.send(oneWay(introduce("Blip", Kind.ONE_WAY)), volatile(1, Uint8Array.of(0xff))),
  "an unknown volatile one-way": (raw) => raw.send(oneWay([0, "no.such.Service/Blip", 1]), volatile(1)),
  "a reliable one-way sent as a volatile one": (raw) => raw.send(oneWay(introduce("Note", Kind.ONE_WAY)), volatile(1)),
  "an item that is no message": (raw) => raw.send(request(1, introduce("Up", Kind.UP)), item(1, Uint8Array.of(0xff))),
  "frames about a command that is over": (raw) => raw.send(request(1, echo), cancel(1), item(1), end(1), frame(CREDIT, 1, 5, 5), cancel(1)),
  "a cancellation before the command's turn": (raw) => raw.send(request(1, introduce("Later", Kind.UNARY)), cancel(1)),
  "credit that is repeated and goes back": (raw) =>
    raw.send(frame(CREDIT, 0, 9000, 9e6), frame(CREDIT, 0, 9000, 9e6), frame(CREDIT, 0, 1, 1)),
  "a timeout of centuries": (raw) => raw.send(request(1, echo, text(), 0, Number.MAX_SAFE_INTEGER)),
  "the highest command id": (raw) => raw.send(request(Number.MAX_SAFE_INTEGER, echo)),
  "a name of 512 bytes": (raw) => raw.send(request(1, [0, "n".repeat(512), 0])),
  "pings and padding": (raw) => raw.send(frame(PING, 1), rawFrame(2, new Uint8Array(500)), frame(FrameType.PONG, 4_000_000)),
};

for (const [name, act] of Object.entries(harmless)) {
  test(`${name} is answered or ignored, and the session goes on`, async () => {
    const world = new World();
    const server = await world.serve({ limits });
    const raw = await rawClient(world);
    await act(raw);
    await world.settle(100);
    assert.is(raw.closed, undefined);
    assert.is(raw.ending, undefined);
    const last = Number.MAX_SAFE_INTEGER;
    if (name !== "the highest command id") await raw.send(request(last, introduce("Echo", Kind.UNARY), text({ text: "hello" })));
    const replies = raw.ofType(REPLY);
    assert.ok(replies.length >= 1, "the session still answers");
    assert.equal(world.log, []);
    await world.until(server.close(), 10_000);
  });
}

test.run();
