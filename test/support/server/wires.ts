import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { memoryPipe } from "../../../runtime/transport/memory.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";

/** Transports in memory whose bytes are gone once they were told, and what they brought. */
export class Wires {
  readonly clock: ManualClock = new ManualClock();

  pair(): [Transport, Transport] {
    return memoryPipe({ clock: this.clock, overwriteDelivered: true });
  }

  /** Everything arrives that is under way. */
  settle(): Promise<void> {
    return this.clock.settle(0);
  }
}

/** Starts a transport. All that it brings from then on, and how it ends. */
export function gather(transport: Transport): (number | string)[] {
  const got: (number | string)[] = [];
  transport.start({
    onBytes(bytes) {
      for (const byte of bytes) got.push(byte);
    },
    onDrain() {},
    onClose: ({ kind }) => void got.push(kind),
  });
  return got;
}
