import type { ChannelStats } from "../channel/channel.ts";
import type { SessionStats } from "./session-type.ts";

/** What connections carried. */
export type CarriedCounts = Pick<SessionStats, "rotations" | "recordsIn" | "recordsOut" | "bytesIn" | "bytesOut">;

/** What a session's connections carried: those that are gone, and the one in use. */
export class ConnectionTotals {
  #past: CarriedCounts = { rotations: 0, recordsIn: 0, recordsOut: 0, bytesIn: 0, bytesOut: 0 };

  /** Counts a connection that is over. */
  add(stats: ChannelStats): void {
    this.#past = this.with(stats);
  }

  with({ epoch, recordsIn, recordsOut, bytesIn, bytesOut }: ChannelStats): CarriedCounts {
    const past = this.#past;
    return {
      rotations: past.rotations + epoch,
      recordsIn: past.recordsIn + recordsIn,
      recordsOut: past.recordsOut + recordsOut,
      bytesIn: past.bytesIn + bytesIn,
      bytesOut: past.bytesOut + bytesOut,
    };
  }
}

/** Of a session on its first connection. */
export const noTotals: ConnectionTotals = new ConnectionTotals();
