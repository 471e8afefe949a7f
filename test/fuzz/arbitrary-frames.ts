import * as fc from "fast-check";
import { FrameType, frameHeader, isSequenced } from "../../runtime/session/frame.ts";
import { frame, join, rawFrame } from "../support/session/frames.ts";
import { clientHello, Lone, welcome } from "../support/session/session-end.ts";
import type { FuzzRun, FuzzTarget } from "./target.ts";

const MAX_FRAMES = 20;

interface Input {
  readonly role: "client" | "server";
  readonly greets: boolean;
  readonly frames: readonly Uint8Array[];
  /** Where the stream of frames is cut into records, in bytes from the last cut. */
  readonly cuts: readonly number[];
}

const number = fc.oneof(fc.nat(5), fc.nat(300), fc.maxSafeNat());
const anyFrame: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...Object.values(FrameType)), fc.array(number, { maxLength: 4 }), fc.uint8Array({ maxLength: 20 }))
    .map(([type, numbers, rest]) => frame(type, ...numbers, rest)),
  fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 40 })).map(([header, body]) => rawFrame(header, body)),
  fc.uint8Array({ maxLength: 30 }),
);
const anyInput: fc.Arbitrary<Input> = fc.record({
  role: fc.constantFrom("client", "server"),
  greets: fc.nat(9).map((chance) => chance > 0),
  frames: fc.array(anyFrame, { maxLength: MAX_FRAMES }),
  cuts: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: MAX_FRAMES }),
});

/** One session alone: it ends at most once, tells nothing behind its end, and counts as accepted what it has told. */
function hear({ role, greets, frames, cuts }: Input): string {
  const lone = new Lone(role);
  if (greets) lone.receive(role === "server" ? clientHello() : welcome());
  const stream = join(...frames);
  for (let at = 0, cut = 0; at < stream.length; cut++) {
    const next = at + (cuts[cut] ?? stream.length);
    lone.receive(stream.slice(at, next));
    lone.time.clock.flush();
    at = next;
  }
  const told = lone.frames.length;
  const numbered = lone.frames.filter(({ type }) => isSequenced(frameHeader(type as FrameType))).length;
  const { accepted } = lone.session.owed;
  if (numbered > accepted) throw new Error(`${numbered} numbered frames were told, ${accepted} accepted`);
  if (lone.errors.length > 0) throw lone.errors[0];
  const outcome = lone.ends[0]?.reason ?? "goes on";
  lone.session.close("CLOSED", "");
  if (lone.ends.length !== 1) throw new Error(`the session ended ${lone.ends.length} times`);
  lone.receive(frame(FrameType.PING, 1));
  if (lone.frames.length > told) throw new Error("a frame was told behind the end");
  lone.time.clock.flush();
  if (lone.time.timers.size > 0) throw new Error(`${lone.time.timers.size} timers were left`);
  return outcome;
}

/** Sequences of frames that nobody ever recorded. */
export const arbitraryFrames: FuzzTarget = {
  name: "arbitrary-frames",
  share: 260,
  async prepare(): Promise<FuzzRun> {
    return (seed) => hear(fc.sample(anyInput, { seed, numRuns: 1 })[0]!);
  },
};
