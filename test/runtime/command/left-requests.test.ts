import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameType } from "../../../runtime/session/frame.ts";
import { probe } from "../../support/command/probe.ts";
import { frame } from "../../support/session/frames.ts";
import { introduce, item, Kind, request } from "../../support/session/probe-frames.ts";
import { type RawPeer, rawClient } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const { CANCEL, END, REPLY } = FrameType;

/** A client that speaks frames, and a handler that takes one item and leaves when it is told to. */
async function scene(): Promise<{ readonly world: World; readonly raw: RawPeer; readonly leave: () => void }> {
  let leave!: () => void;
  const leaving = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const world = new World();
  const up = async (items: AsyncIterable<unknown>) => {
    for await (const _ of items) {
      await leaving;
      break;
    }
    return {};
  };
  await world.serve({ handlers: [probe({ up })] });
  const raw = await rawClient(world);
  await raw.send(request(1, introduce("Up", Kind.UP)), item(1), item(1));
  return { world, raw, leave };
}

const test = suite("command/requests that a handler leaves");

test("the caller is told once, and before the reply", async () => {
  const { world, raw, leave } = await scene();
  leave();
  await world.settle();
  const types = raw.frames.map(({ type }) => type).filter((type) => type === CANCEL || type === REPLY);
  assert.equal(types, [CANCEL, REPLY]);
});

test("items that were under way meanwhile harm nothing", async () => {
  const { world, raw, leave } = await scene();
  leave();
  await raw.send(item(1), item(1), frame(END, 1));
  await world.settle();
  assert.is(raw.ofType(REPLY).length, 1);
  assert.is(raw.closed, undefined);
});

test("a handler that leaves when the last item has come tells nobody", async () => {
  const { world, raw, leave } = await scene();
  await raw.send(frame(END, 1));
  leave();
  await world.settle();
  assert.equal([raw.ofType(CANCEL).length, raw.ofType(REPLY).length], [0, 1]);
});

test("a handler that leaves a command which was cancelled tells nobody", async () => {
  const { world, raw, leave } = await scene();
  await raw.send(frame(CANCEL, 1));
  leave();
  await world.settle();
  assert.is(raw.ofType(CANCEL).length, 0);
});

test.run();
