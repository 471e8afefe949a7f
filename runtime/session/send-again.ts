import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { RecordKind } from "../channel/channel.ts";
import { writeFrame } from "./attachment.ts";
import { type Counts, countOf } from "./counts.ts";
import type { Outbox, RecordSink } from "./outbox.ts";
import type { Owed } from "./owed.ts";
import type { SessionHandler, WriteFrame } from "./session-options.ts";

/** How much of what is sent again goes into one record: a connection that soon breaks again still brings it on by some. */
const WRITE_BYTES = 16_384;

/** Where frames that are sent again come from, and who decides what becomes of each. */
export interface SendAgain {
  readonly owed: Owed;
  /** Of the most urgent class first. */
  readonly outboxes: readonly Outbox[];
  readonly handler: SessionHandler;
  readonly link: RecordSink;
  /** On the timers' scale. */
  readonly now: number;
}

/** Sends every numbered frame above `accepted` again, in the order of its class, each as the handler wants it, and tells what is owed. */
export function sendAgain(accepted: Counts, { owed, outboxes, handler, link, now }: SendAgain): void {
  let writer = new Writer();
  let kind: number = RecordKind.QUIET;
  const write: WriteFrame = (type, body) => writeFrame(writer, type, body);
  const send = (): void => {
    if (writer.position > 0) link.send(kind, writer.view());
    writer = new Writer();
    kind = RecordKind.QUIET;
  };
  for (const { priority, replay } of outboxes) {
    send();
    replay?.replay(countOf(accepted, priority), now, (type, bytes, start, end, ageMs, number) => {
      kind = priority;
      handler.replay({ type, priority, number, body: new Reader(bytes, start, end), ageMs }, write);
      if (writer.position >= WRITE_BYTES) send();
    });
  }
  // Behind it: credit for a command must not come before the command.
  owed.write(write);
  send();
}
