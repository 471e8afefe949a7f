import { concatBytes } from "../bytes/concat.ts";
import type { Inbox } from "./inbox.ts";

/** Takes all that an inbox keeps, and whoever it delivered to hears no more. */
export function takeKept(inbox: Inbox): Uint8Array {
  const chunks: Uint8Array[] = [];
  inbox.resume();
  inbox.start({ onBytes: (bytes) => void chunks.push(bytes), onDrain() {}, onClose() {} });
  inbox.pause();
  return concatBytes(...chunks);
}
