import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Admitted } from "../../../generated/zserver/protocol/v1/session.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { frame } from "../../support/session/frames.ts";
import { rawClient, rawServer } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const test = suite("session/control-frames");

test("a server that admits everybody admits whatever a client shows later", async () => {
  const world = new World();
  await world.serve();
  const raw = await rawClient(world);
  await raw.send(frame(FrameType.CREDENTIALS, Uint8Array.of(1, 2, 3)));
  const [answer, ...more] = raw.ofType(FrameType.ADMITTED);
  assert.equal(more, []);
  assert.equal(decode(Admitted, answer!.body), { admitted: true, expiresInMs: 0, reason: 0 });
});

test("a client that sends what only servers send loses its session", async () => {
  for (const type of [FrameType.ADMITTED, FrameType.ENTRANCES, FrameType.MOVE, FrameType.TICKET]) {
    const world = new World();
    await world.serve();
    const raw = await rawClient(world);
    await raw.send(frame(type));
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR", `type ${type}`);
  }
});

test("a server that sends what only clients send, or answers what nobody asked, loses the session", async () => {
  for (const type of [FrameType.CREDENTIALS, FrameType.ADMITTED]) {
    const world = new World();
    const [peers, client] = [rawServer(world), await world.connect()];
    await peers[0]!.send(frame(type));
    assert.is((await client.closed).reason, "PROTOCOL_ERROR", `type ${type}`);
  }
});

test.run();
