import { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import { FrameType } from "../session/frame.ts";
import type { Priority } from "../session/priority.ts";
import type { ReplayedFrame, WriteFrame } from "../session/session-options.ts";

/** Where the parts of a REQUEST or SEND lie, in the memory of the frame. */
interface CommandHead {
  readonly id: number;
  /** Behind the id: the reference, and the name and kind where it introduces them. */
  readonly command: Uint8Array;
  readonly introduces: boolean;
  readonly flags: number;
  readonly timeoutMs: number;
  readonly message: Uint8Array;
}

/** Who called the commands that are sent again. */
export interface ReplayCaller {
  /** Whether somebody still waits for the command with this id. */
  wants(id: number): boolean;
  /** The command with this id goes as VOID. */
  voided(id: number): void;
  /** The one-way that left under this number goes as VOID. */
  oneWayTooLate(number: number, priority: Priority): void;
}

/** Sends a frame again, as it is to be now. */
export function sendAgain(frame: ReplayedFrame, write: WriteFrame, caller: ReplayCaller): void {
  const type = replayedType(frame, (id) => caller.wants(id));
  if (type === FrameType.VOID && frame.type === FrameType.REQUEST) caller.voided(readHead(frame).id);
  if (type === FrameType.VOID && frame.type === FrameType.SEND) caller.oneWayTooLate(frame.number, frame.priority);
  write(type, (writer) => writeReplayed(writer, frame, type));
}

/**
 * The type under which a frame is sent again. Its body goes to `writer`: as it was, with the time that is left where it states a deadline, or as
 * VOID, which keeps its number, its id, its credit and the name that it introduces, and starts nothing.
 *
 * @param wanted whether the caller of the command with this id still waits
 */
export function replayedType(frame: ReplayedFrame, wanted: (id: number) => boolean): FrameType {
  if (frame.type !== FrameType.REQUEST && frame.type !== FrameType.SEND) return frame.type;
  const { id, timeoutMs } = readHead(frame);
  const late = timeoutMs > 0 && timeoutMs - frame.ageMs <= 0;
  return late || (id !== 0 && !wanted(id)) ? FrameType.VOID : frame.type;
}

/** Writes the body of a frame that {@link replayedType} sends under `type`. */
export function writeReplayed(writer: Writer, frame: ReplayedFrame, type: FrameType): void {
  const { body } = frame;
  if (frame.type !== FrameType.REQUEST && frame.type !== FrameType.SEND) {
    writer.raw(body.bytes.subarray(body.position, body.end));
    return;
  }
  const { id, command, introduces, flags, timeoutMs, message } = readHead(frame);
  if (type === FrameType.VOID) {
    writer.uintNumber(id);
    writer.uint32(body.end - body.position);
    if (introduces) writer.raw(command);
    return;
  }
  const start = writer.position;
  if (type === FrameType.REQUEST) writer.uintNumber(id);
  writer.raw(command);
  writer.uint32(flags);
  const left = timeoutMs === 0 ? 0 : Math.ceil(timeoutMs - frame.ageMs);
  // As many bytes as before: both sides count the body as credit.
  writePadded(writer, left, body.end - body.position - message.length - (writer.position - start));
  writer.raw(message);
}

/** A varint of exactly so many bytes. */
function writePadded(writer: Writer, value: number, bytes: number): void {
  let rest = value;
  for (let left = bytes; left > 1; left--) {
    writer.raw(Uint8Array.of((rest % 128) | 0x80));
    rest = Math.floor(rest / 128);
  }
  writer.raw(Uint8Array.of(rest));
}

/** Reads without moving the frame's own reader. */
function readHead({ type, body }: ReplayedFrame): CommandHead {
  const reader = new Reader(body.bytes, body.position, body.end);
  const id = type === FrameType.REQUEST ? reader.uintNumber() : 0;
  const start = reader.position;
  const introduces = reader.uint32() === 0;
  if (introduces) {
    reader.advance(reader.uint32());
    reader.uint32();
  }
  const command = body.bytes.subarray(start, reader.position);
  const flags = reader.uint32();
  const timeoutMs = reader.uintNumber();
  return { id, command, introduces, flags, timeoutMs, message: body.bytes.subarray(reader.position, body.end) };
}
