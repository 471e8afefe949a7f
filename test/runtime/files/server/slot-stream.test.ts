import { readdirSync, readlinkSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Context } from "../../../../runtime/command/context.ts";
import { Access } from "../../../../runtime/files/server/access.ts";
import { defaultFilesLimits } from "../../../../runtime/files/server/limits.ts";
import { Reading } from "../../../../runtime/files/server/reading.ts";
import { Root } from "../../../../runtime/files/server/root.ts";
import { SlotStream } from "../../../../runtime/files/server/slot-stream.ts";
import { Slots } from "../../../../runtime/files/server/slots.ts";
import { ManualClock } from "../../../../runtime/time/manual-clock.ts";
import { assertError, caught } from "../../../support/command/assert-error.ts";
import { anything, bytesOf, type Desk, withDesk } from "../../../support/files/desk.ts";
import { skipWithReason } from "../../../support/report.ts";

const test = suite("files/server/slot-stream");

interface Caller {
  readonly context: Context;
  readonly session: { state: "open" | "disconnected" };
}

function caller(): Caller {
  const session = { state: "open" as "open" | "disconnected" };
  return { session, context: { principal: { id: "alice" }, session, signal: new AbortController().signal } as unknown as Context };
}

const oneSlot = (): Slots => new Slots({ name: "all", most: 1 }, { name: "each", most: 1 }, new ManualClock());

async function reading(desk: Desk): Promise<Reading> {
  const roots = new Map([["public", await Root.open("public", { directory: desk.shown() })]]);
  return new Reading(new Access(roots, anything), defaultFilesLimits, oneSlot());
}

/** How many handles this process has of a file. */
const handles = (file: string): number =>
  readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === file;
    } catch {
      return false;
    }
  }).length;

test(
  "whoever loses its place has nothing open any more, also when it never asks again",
  withDesk({}, async (desk) => {
    if (process.platform !== "linux") return skipWithReason("open files", "only Linux tells which files are open");
    const file = desk.shown("a");
    desk.write(file, bytesOf(1_000_000));
    const files = await reading(desk);
    const [lost, back] = [caller(), caller()];
    const request = { path: "public/a", version: "", offset: 0n, length: 1_000_000n };
    const first = files.read(request, lost.context);
    await first.next();
    assert.is(handles(file), 1);
    lost.session.state = "disconnected";
    const second = files.read(request, back.context);
    await second.next();
    assert.is(handles(file), 1);
    assertError(await caught(first.next()), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /so many are under way/);
    await second.return(undefined);
    assert.is(handles(file), 0);
  }),
);

test("a place is free when its stream has ended, was left, or failed", async () => {
  const slots = oneSlot();
  const ways: readonly ((stream: SlotStream<number>) => Promise<unknown>)[] = [
    async (stream) => {
      for await (const _ of stream);
    },
    (stream) => stream.return(),
    async (stream) => {
      for await (const _ of stream) break;
    },
  ];
  for (const way of ways) await way(new SlotStream(slots.take(caller().context), numbers()));
  const failing = new SlotStream(slots.take(caller().context), numbers(new Error("the disk is gone")));
  assert.match(String(await caught(failing.next().then(() => failing.next()))), /the disk is gone/);
  slots.take(caller().context).release();
});

async function* numbers(error?: Error): AsyncGenerator<number> {
  yield 1;
  if (error !== undefined) throw error;
}

test.run();
