import type { Reader } from "../bytes/reader.ts";
import { FrameType, kindNumbers } from "../session/frame.ts";
import { type CommandNumbers, readName } from "./names.ts";
import type { SizedCommand } from "./oversize.ts";
import { type Registration, type Registry, travellingForm } from "./registry.ts";

/**
 * Which command a frame begins whose end has not come: its head is passed over, and judged when it is whole. The reader is left where the message begins.
 *
 * @param type REQUEST, SEND or SEND_VOLATILE
 * @param numbers those of its class
 */
export function commandBegun(
  type: FrameType,
  body: Reader,
  { commands }: Registry,
  numbers: CommandNumbers<Registration>,
): SizedCommand | undefined {
  if (type === FrameType.REQUEST) body.uintNumber();
  const number = body.uint32();
  const command = travellingForm(number === 0 ? commands.get(readName(body)) : numbers.at(number));
  // The kind behind a name, the flags, and the time.
  const kind = number === 0 ? body.uint32() : 0;
  if (type !== FrameType.SEND_VOLATILE) body.uint32();
  body.uintNumber();
  if (command === undefined || kind === 0) return command;
  return { maxBytes: command.maxBytes, form: kind - kindNumbers[command.kind] || undefined };
}
