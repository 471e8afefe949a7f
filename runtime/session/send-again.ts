import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { RecordKind } from "../channel/channel.ts";
import { writeFrame } from "./attachment.ts";
import type { RecordSink } from "./outbox.ts";
import type { ReplayBuffer } from "./replay-buffer.ts";
import type { SessionHandler } from "./session-options.ts";

/** How much of what is sent again is gathered for one write. */
const WRITE_BYTES = 262_144;

/** Sends every numbered frame above `accepted` again, in order, each as the handler wants it. */
export function sendAgain(replay: ReplayBuffer, accepted: number, now: number, handler: SessionHandler, link: RecordSink): void {
  let writer = new Writer();
  const send = (): void => {
    if (writer.position > 0) link.send(RecordKind.NORMAL, writer.view());
    writer = new Writer();
  };
  replay.replay(accepted, now, (type, bytes, start, end, ageMs) => {
    handler.replay(type, new Reader(bytes, start, end), ageMs, (as, body) => writeFrame(writer, as, body));
    if (writer.position >= WRITE_BYTES) send();
  });
  send();
}
