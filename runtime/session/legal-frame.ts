import { FrameType, frameHeader, isIgnorable, isKnown, isSequenced } from "./frame.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Throws ProtocolError unless a frame may have this header, and stand in a record of its kind. */
export function checkFrame(header: number, type: FrameType, quiet: boolean): void {
  if (quiet && (isSequenced(header) || type === FrameType.SEND_VOLATILE))
    throw new ProtocolError(`a frame of type ${type} came in a quiet record`);
  if (isKnown(type) && header !== frameHeader(type))
    throw new ProtocolError(`a frame of type ${type} has the flags ${header & 3}${isIgnorable(header) ? " (ignorable)" : ""}`);
}
