import { BoundedFrame } from "../../../runtime/session/bounded-frame.ts";
import type { FramesHost, PartialFrames } from "../../../runtime/session/frame-assembler.ts";
import { defaultLimits, type Limits } from "../../../runtime/session/limits.ts";
import { UnfinishedMessages } from "../../../runtime/session/unfinished-bytes.ts";

/** What holds frames in pieces, messages within limits. */
export function partialsOf(limits: Limits = defaultLimits): PartialFrames {
  const host = { memory: new UnfinishedMessages(limits), judge: () => undefined };
  return { partial: (priority) => new BoundedFrame(host, priority) };
}

/** A session whose frames have bodies of so many bytes at the most. */
export function framesHost(maxBody: number): FramesHost {
  return { opening: { maxBody: () => maxBody }, limits: defaultLimits, handler: partialsOf() };
}
