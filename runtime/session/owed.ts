import { Acks } from "./acks.ts";
import type { Grantable } from "./credit.ts";
import { FrameType } from "./frame.ts";
import type { Priority } from "./priority.ts";
import type { WriteFrame } from "./session-options.ts";

/**
 * What a side owes its peer: acknowledgements, credit, the answer to a ping. Kept as state and written when a flush happens, never queued: a peer
 * that sends and never reads cannot make it grow.
 */
export class Owed extends Acks {
  /** By the id of a stream; by 0 or less for the commands of the class with that number. */
  #grants: Map<number, Grantable> | undefined;
  #pong = -1;
  #received = -1;

  /** A stream's window that its reader emptied by half. */
  grant(id: number, window: Grantable): void {
    this.#grants ??= new Map();
    this.#grants.set(id, window);
    this.turns.schedule();
  }

  /** The same of the commands of a class. */
  grantCommands(priority: Priority, window: Grantable): void {
    this.grant(-priority, window);
  }

  /** Its stream is over: nobody needs its credit. */
  forget(id: number): void {
    this.#grants?.delete(id);
  }

  /** The peer wants to know whether this side lives. */
  pong(number: number): void {
    this.#pong = number;
    this.turns.schedule();
  }

  /** So much came over this connection, of a frame that is not complete. */
  received(bytes: number): void {
    this.#received = bytes;
    this.turns.schedule();
  }

  /** Says something, though nothing new: the acknowledgement again. */
  sayAlive(): void {
    super.restate();
    this.turns.schedule();
  }

  /** Another connection: acknowledgements that were told may have been lost, and nobody waits for the old one's pong. */
  override restate(): void {
    super.restate();
    this.#pong = this.#received = -1;
  }

  write(host: { readonly write: WriteFrame }): void {
    if (this.due)
      host.write(FrameType.ACK, (writer) => {
        for (const count of this.take()) writer.uintNumber(count);
      });
    if (this.#pong >= 0) {
      const pong = this.#pong;
      this.#pong = -1;
      host.write(FrameType.PONG, (writer) => writer.uint32(pong));
    }
    if (this.#received >= 0) {
      const received = this.#received;
      this.#received = -1;
      host.write(FrameType.RECEIVED, (writer) => writer.uintNumber(received));
    }
    this.#grants?.forEach((window, id) => {
      const { items, bytes } = window.grant();
      host.write(FrameType.CREDIT, (writer) => {
        writer.uintNumber(Math.max(0, id));
        writer.uintNumber(items);
        writer.uintNumber(bytes);
        if (id < 0) writer.uint32(-id);
      });
    });
    this.#grants = undefined;
  }

  override stop(): void {
    super.stop();
    this.#grants = undefined;
  }
}
