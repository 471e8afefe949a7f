import type { Reader } from "../bytes/reader.ts";
import type { Timers } from "../time/timers.ts";
import { readAck, readCredit, readNumber, readReceived } from "./control-body.ts";
import type { Flusher } from "./flusher.ts";
import { FrameType } from "./frame.ts";
import type { OutboxRoom } from "./outbox-room.ts";
import type { Outboxes } from "./outboxes.ts";
import type { Owed } from "./owed.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { SessionHandler } from "./session-options.ts";

/** The session that frames without a number are about. */
export interface ControlHost {
  readonly outboxes: Outboxes;
  readonly owed: Owed;
  readonly timers: Timers;
  readonly handler: SessionHandler;
  readonly room: Pick<OutboxRoom, "freed">;
  readonly flusher: Pick<Flusher, "schedule">;
  pong(number: number): void;
}

/** Does what the peer's frames without a number ask for, once a session is open. Throws ProtocolError for those that are no such frames. */
export function takeControl(type: FrameType, body: Reader, host: ControlHost): void {
  const { outboxes, owed, timers, handler } = host;
  if (type === FrameType.ACK) {
    const accepted = readAck(body);
    if (!outboxes.acknowledge(accepted, timers.now()))
      throw new ProtocolError(`the peer acknowledged ${accepted} frames of ${outboxes.flushed}, by class`);
    host.room.freed();
    if (outboxes.held) host.flusher.schedule();
  } else if (type === FrameType.RECEIVED) {
    const bytes = readReceived(body);
    if (!outboxes.receive(bytes, timers.now()))
      throw new ProtocolError(`the peer received ${bytes} bytes of ${outboxes.given} over this connection`);
    if (outboxes.held) host.flusher.schedule();
  } else if (type === FrameType.CREDIT) {
    const { id, items, bytes, priority } = readCredit(body);
    handler.credit(id, items, bytes, priority);
  } else if (type === FrameType.PING) owed.pong(readNumber(body));
  else if (type === FrameType.PONG) host.pong(readNumber(body));
  else if (type !== FrameType.PADDING) throw new ProtocolError(`a frame of type ${type} is out of place`);
}
