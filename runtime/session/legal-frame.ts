import { FrameType, frameHeader, isIgnorable, isKnown, isOfCommand, isOfSession, isSequenced } from "./frame.ts";
import { Priority } from "./priority.ts";
import { ProtocolError } from "./protocol-error.ts";

// A constant of its own: every frame asks for it.
const { NORMAL } = Priority;

/** Throws ProtocolError unless a frame may have this header, and stand in a record of its kind. */
export function checkFrame(header: number, type: FrameType, quiet: boolean, priority: Priority): void {
  if (quiet && (isSequenced(header) || type === FrameType.SEND_VOLATILE))
    throw new ProtocolError(`a frame of type ${type} came in a quiet record`);
  if (isKnown(type) && header !== frameHeader(type))
    throw new ProtocolError(`a frame of type ${type} has the flags ${header & 3}${isIgnorable(header) ? " (ignorable)" : ""}`);
  if (priority !== NORMAL) checkClass(type, priority);
}

const greetings: ReadonlySet<FrameType> = new Set([
  FrameType.CLIENT_HELLO,
  FrameType.WELCOME,
  FrameType.RESUME,
  FrameType.RESUMED,
  FrameType.DESCRIBE,
  FrameType.DESCRIPTIONS,
]);

/** Commands may have the classes HIGH and BULK beside NORMAL, the numbered frames of the session itself CONTROL. What answers may be anywhere. */
function checkClass(type: FrameType, priority: Priority): void {
  const illegal = priority === Priority.CONTROL ? isOfCommand(type) : isOfSession(type);
  if (illegal || greetings.has(type)) throw new ProtocolError(`a frame of type ${type} came in a record of kind ${priority}`);
}
