import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Welcome } from "../../../generated/zserver/protocol/v1/session.ts";
import { endReasons } from "../../../runtime/errors/end-reason.ts";
import { CONTROL_BYTES, DESCRIPTIONS_BYTES, FAILURE_BYTES, FrameType, frameHeader } from "../../../runtime/session/frame.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { frame, message, rawFrame } from "../../support/session/frames.ts";
import { clientHello, Lone, openClient, openServer, welcome } from "../../support/session/session-end.ts";

const { PADDING, CLIENT_HELLO, WELCOME, ACK, CREDIT, PING, PONG, CLOSE, REQUEST, SEND, REPLY, FAIL, CANCEL, ITEM, END, DESCRIBE } =
  FrameType;
const { DESCRIPTIONS, COMPARE, COMPARED } = FrameType;

/** What the session alone must refuse. Each gets an open session of its own. */
const cases: Record<string, { readonly make: () => Lone; readonly act: (lone: Lone) => void }> = {};

function illegal(name: string, make: () => Lone, act: (lone: Lone) => void): void {
  cases[name] = { make, act };
}

for (const kind of [4, 7, 14]) illegal(`a record of kind ${kind}`, openServer, (lone) => lone.receiveAs(kind, frame(PING, 1)));
for (const type of Object.values(FrameType)) {
  if (type !== CLIENT_HELLO && type !== CLOSE) {
    illegal(
      `a client's first frame of type ${type}`,
      () => new Lone("server"),
      (lone) => lone.receive(frame(type, 1)),
    );
  }
  for (const flags of [0, 1, 2, 3]) {
    const header = (type << 2) | flags;
    if (header !== frameHeader(type))
      illegal(`type ${type} with the flags ${flags}`, openServer, (lone) => lone.receive(rawFrame(header, Uint8Array.of(1, 1, 1))));
  }
}
for (const side of ["server", "client"] as const)
  for (const type of [REQUEST, SEND, REPLY, ITEM])
    illegal(
      `the beginning of a message, type ${type}, before a ${side}'s session is open`,
      () => new Lone(side),
      (lone) => lone.receive(frame(type, new Uint8Array(4_096)).slice(0, 5)),
    );
illegal(
  "an ignorable frame before the hello",
  () => new Lone("server"),
  (lone) => lone.receive(rawFrame((40 << 2) | 2)),
);
illegal(
  "a server's hello that is a client's",
  () => new Lone("client"),
  (lone) => lone.receive(clientHello()),
);
illegal("a second hello", openServer, (lone) => lone.receive(clientHello()));
illegal("a welcome at a server", openServer, (lone) => lone.receive(welcome()));
illegal(
  "a welcome with a route of 17 bytes",
  () => new Lone("client"),
  (lone) => lone.receive(frame(WELCOME, message(Welcome, { protocol: 1, route: new Uint8Array(17) }))),
);
illegal("a second welcome", openClient, (lone) => lone.receive(welcome()));
illegal(
  "a hello that is no message",
  () => new Lone("server"),
  (lone) => lone.receive(frame(CLIENT_HELLO, Uint8Array.of(0x0a))),
);
for (const flags of [0, 1])
  illegal(`an unknown frame with the flags ${flags}`, openServer, (lone) => lone.receive(rawFrame((40 << 2) | flags)));
illegal("an acknowledgement of the future", openServer, (lone) => lone.receive(frame(ACK, 1)));
illegal("an acknowledgement of what waits for the end of the turn", openServer, (lone) => {
  lone.session.begin(SEND).uint32(1);
  lone.session.end();
  lone.receive(frame(ACK, 1));
});
illegal("an acknowledgement of a class that was never used", openServer, (lone) => lone.receive(frame(ACK, 0, 0, 1)));
illegal("an acknowledgement of five classes", openServer, (lone) => lone.receive(frame(ACK, 0, 0, 0, 0, 0)));
illegal("an empty acknowledgement", openServer, (lone) => lone.receive(frame(ACK)));
illegal("an acknowledgement of 2^53", openServer, (lone) =>
  lone.receive(frame(ACK, Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10))),
);
illegal("credit without bytes", openServer, (lone) => lone.receive(frame(CREDIT, 1, 2)));
illegal("credit with more behind it", openServer, (lone) => lone.receive(frame(CREDIT, 1, 2, 3, 4)));
illegal("credit for commands of class CONTROL", openServer, (lone) => lone.receive(frame(CREDIT, 0, 2, 3, Priority.CONTROL)));
illegal("credit for commands of a class that there is not", openServer, (lone) => lone.receive(frame(CREDIT, 0, 2, 3, 4)));
illegal(
  "a hello of class HIGH",
  () => new Lone("server"),
  (lone) => lone.receiveAs(Priority.HIGH, clientHello()),
);
for (const type of [REQUEST, SEND, REPLY, FAIL, ITEM, CANCEL, END, FrameType.VOID, FrameType.SEND_VOLATILE])
  illegal(`type ${type} in class CONTROL`, openServer, (lone) => lone.receiveAs(Priority.CONTROL, frame(type, 1)));
for (const type of [FrameType.CREDENTIALS, FrameType.ADMITTED, FrameType.ENTRANCES, FrameType.MOVE, FrameType.TICKET])
  for (const kind of [Priority.HIGH, Priority.BULK])
    illegal(`type ${type} in a record of kind ${kind}`, openServer, (lone) => lone.receiveAs(kind, frame(type, 1)));
illegal("an empty ping", openServer, (lone) => lone.receive(frame(PING)));
illegal("a ping with more behind it", openServer, (lone) => lone.receive(frame(PING, 1, 1)));
illegal("a pong with more behind it", openServer, (lone) => lone.receive(frame(PONG, 1, 1)));
illegal("a close that is no message", openServer, (lone) => lone.receive(frame(CLOSE, Uint8Array.of(0x0a, 9))));
for (const type of [SEND, REQUEST, REPLY, FAIL, ITEM, CANCEL, END]) {
  illegal(`type ${type} in a quiet record`, openServer, (lone) => lone.receiveAs(15, frame(type, 1)));
}
illegal("a skipped numbered frame in a quiet record", openServer, (lone) => lone.receiveAs(15, rawFrame((40 << 2) | 3)));
for (const type of [PADDING, ACK, CREDIT, PING, PONG, CLOSE, CANCEL, END, DESCRIBE]) {
  illegal(`type ${type} above its size`, openServer, (lone) => lone.receive(frame(type, new Uint8Array(CONTROL_BYTES + 1)).slice(0, 5)));
}
for (const type of [WELCOME, DESCRIPTIONS, COMPARE, COMPARED]) {
  illegal(`type ${type} above its size`, openServer, (lone) =>
    lone.receive(frame(type, new Uint8Array(DESCRIPTIONS_BYTES + 1)).slice(0, 5)),
  );
}
illegal("a failure above its size", openServer, (lone) => lone.receive(frame(FAIL, new Uint8Array(FAILURE_BYTES + 1)).slice(0, 5)));
for (const type of [REQUEST, SEND, REPLY, ITEM]) {
  illegal(
    `type ${type} above the limit of messages`,
    () => openServer({ messageBytes: 100 }),
    (lone) => lone.receive(frame(type, new Uint8Array(100 + 1024 + 1)).slice(0, 5)),
  );
}

const test = suite("session/illegal frames");

for (const [name, { make, act }] of Object.entries(cases)) {
  test(`${name} ends the session with PROTOCOL_ERROR, and the peer is told`, () => {
    const lone = make();
    lone.sent();
    const { length } = lone.frames;
    act(lone);
    assert.is(lone.ends[0]?.reason, "PROTOCOL_ERROR");
    assert.is(lone.ends[0]?.by, "local");
    assert.equal(lone.errors, []);
    assert.is(lone.frames.length, length);
    assert.is(lone.sentClose().reason, endReasons.PROTOCOL_ERROR.number);
    assert.is(lone.closes, 1);
    assert.is(lone.time.timers.size, 0);
  });
}

test("the largest frame of each kind passes", () => {
  const lone = openServer({ messageBytes: 100 });
  lone.receive(frame(PADDING, new Uint8Array(CONTROL_BYTES)));
  for (const type of [REQUEST, SEND, REPLY, ITEM]) lone.receive(frame(type, new Uint8Array(100 + 1024)));
  lone.receive(frame(FAIL, new Uint8Array(FAILURE_BYTES)));
  assert.equal(lone.ends, []);
  assert.is(lone.frames.length, 5);
});

test.run();
