import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type ProbeProxy } from "../../../generated/example/probe/v1/probe.ts";
import type { Client } from "../../../runtime/client.ts";
import type { CommandError } from "../../../runtime/errors/command-error.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { probe } from "../../support/command/probe.ts";
import { frame, type Part } from "../../support/session/frames.ts";
import { introduce, item, Kind, request, text } from "../../support/session/probe-frames.ts";
import { type RawPeer, rawServer } from "../../support/session/raw-peer.ts";
import { clientHello, closeFrame, welcome } from "../../support/session/session-end.ts";
import { World } from "../../support/session/world.ts";

const { ACK, CREDIT, REPLY, FAIL, ITEM, END, CANCEL, PING } = FrameType;

/** A client with a call under way, under id 1, and a server that does what the test wants. */
interface Scene {
  readonly world: World;
  readonly client: Client;
  readonly raw: RawPeer;
}

async function meet(limits: { readonly streamItems?: number } = {}): Promise<Scene> {
  const world = new World();
  const peers = rawServer(world);
  const client = await world.connect({ handlers: [probe()], limits });
  return { world, client, raw: peers[0]! };
}

type Call = (calls: ProbeProxy) => Promise<unknown>;
const echo: Call = (calls) => calls.echo({});
const up: Call = (calls) => calls.up([]);
const down: Call = (calls) => calls.down({})[Symbol.asyncIterator]().next();
const both: Call = (calls) => calls.both([])[Symbol.asyncIterator]().next();
const send =
  (type: FrameType, ...parts: readonly Part[]) =>
  (raw: RawPeer) =>
    raw.send(frame(type, ...parts));

const illegal: Readonly<Record<string, readonly [call: Call, act: (raw: RawPeer) => Promise<void>]>> = {
  "a reply to a command that was never started": [echo, send(REPLY, 3)],
  "a reply with an even id that the server never used": [echo, send(REPLY, 2)],
  "a reply to command 0": [echo, send(REPLY, 0)],
  "an item as the answer of a unary command": [echo, send(ITEM, 1)],
  "an end as the answer of a unary command": [echo, send(END, 1)],
  "an end as the answer of a command that streams up": [up, send(END, 1)],
  "a reply to a command that streams down": [down, send(REPLY, 1)],
  "a reply to a command that streams both ways": [both, send(REPLY, 1)],
  "a cancellation of the client's own command": [echo, send(CANCEL, 1)],
  "a cancellation of requests that no stream brings": [down, send(CANCEL, 1)],
  "a failure that is no message": [echo, send(FAIL, 1, Uint8Array.of(0x12, 0x7f, 1))],
  "a failure with text that is no UTF-8": [echo, send(FAIL, 1, Uint8Array.of(0x12, 2, 0xff, 0xfe))],
  "more items than the client's credit": [down, (raw) => raw.send(...Array.from({ length: 9 }, () => item(1)))],
  "credit for a command that was never started": [up, send(CREDIT, 3, 9, 9)],
  "an acknowledgement of the future": [echo, send(ACK, 2)],
  "a request with an odd id": [echo, (raw) => raw.send(request(3, introduce("Echo", Kind.UNARY)))],
  "a second welcome": [echo, (raw) => raw.send(welcome())],
  "a hello": [echo, (raw) => raw.send(clientHello())],
};

const test = suite("session/hostile server");

for (const [name, [call, act]] of Object.entries(illegal)) {
  test(`${name} ends the session; the call fails and nothing is thrown past it`, async () => {
    const { world, client, raw } = await meet({ streamItems: 4 });
    const failed = call(client.use(Probe)).catch((error: CommandError) => error);
    await world.settle();
    await act(raw);
    const end = await world.until(client.closed);
    assert.equal([end.reason, end.by], ["PROTOCOL_ERROR", "local"]);
    // A stream may have been given items before.
    const error = await world.until(failed);
    if (error instanceof Error) assert.is((error as CommandError).code, "SESSION_LOST");
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
    assert.equal(world.log, []);
  });
}

const typed: Readonly<Record<string, readonly [call: Call, act: (raw: RawPeer) => Promise<void>, code: string]>> = {
  "a reply that is no message": [echo, send(REPLY, 1, Uint8Array.of(0x0a, 0x7f)), "INTERNAL"],
  "an item that is no message": [down, send(ITEM, 1, Uint8Array.of(0x0a, 0x7f)), "INTERNAL"],
  "a failure with code 0": [echo, send(FAIL, 1), "UNKNOWN"],
  "a failure with a code of the future": [echo, send(FAIL, 1, Uint8Array.of(0x08, 0x7f)), "UNKNOWN"],
  "a failure with fields of the future": [echo, send(FAIL, 1, Uint8Array.of(0x08, 5, 0x78, 1)), "NOT_FOUND"],
};

for (const [name, [call, act, code]] of Object.entries(typed)) {
  test(`${name} fails that call with ${code}, and the session goes on`, async () => {
    const { world, client, raw } = await meet();
    const failed = call(client.use(Probe)).catch((error: unknown) => error);
    await world.settle();
    await act(raw);
    const error = (await world.until(failed)) as CommandError;
    assert.is(error.code, code);
    assert.is(client.state, "open");
    // The slot is given back: by the answer itself, or by the end that follows the cancellation.
    if (raw.ofType(CANCEL).length > 0) await raw.send(frame(FAIL, 1));
    assert.is(client.stats().callsPending, 0);
  });
}

test("what a closing server says it accepted decides what may have run", async () => {
  const { world, client, raw } = await meet();
  const calls = client.use(Probe);
  const outcomes = [calls.echo({}), calls.echo({}), calls.echo({})].map((call) => call.catch((error: CommandError) => error.outcome));
  await world.settle();
  await raw.send(closeFrame(3, "bye", 2n));
  assert.equal(await world.until(Promise.all(outcomes)), ["MAY_HAVE_RUN", "MAY_HAVE_RUN", "NOT_RUN"]);
  assert.equal([(await client.closed).reason, (await client.closed).by], ["GOING_AWAY", "peer"]);
});

test("a server may call, ping and pad as it likes", async () => {
  const { world, client, raw } = await meet();
  await raw.send(
    frame(PING, 4),
    frame(FrameType.PADDING, new Uint8Array(99)),
    request(2, introduce("Echo", Kind.UNARY), text({ text: "you" })),
  );
  await world.settle();
  assert.is(raw.ofType(REPLY).length, 1);
  assert.is(client.state, "open");
});

test.run();
