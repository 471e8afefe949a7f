import { Pace } from "../time/pace.ts";
import { RecordKind } from "./channel.ts";
import { type Epoch, epochOf } from "./epoch.ts";
import { ROTATION_BURST, ROTATIONS_PER_SECOND } from "./limits.ts";
import {
  checkEmpty,
  IllegalRecord,
  type Rotation,
  type RotationContext,
  type RotationStep,
  readRotationMessage,
  rotationHandshake,
  worn,
} from "./rotation.ts";
import type { ChannelSide } from "./side.ts";

const empty = new Uint8Array(0);

/** The listening side answers rotations: REPLY is its last record under the old key, the dialler's SWITCH the last that it opens with one. */
export class ListenerRotation implements Rotation {
  readonly #context: RotationContext;
  #epoch: Epoch;
  /** What is sent is under this epoch already; what is received will be after SWITCH. */
  #next: Epoch | undefined;
  /** PLEASE was sent under the present key. */
  #asked = false;

  constructor(context: RotationContext, epoch: Epoch) {
    this.#context = context;
    this.#epoch = epoch;
  }

  get epoch(): Epoch {
    return this.#epoch;
  }

  get next(): Epoch | undefined {
    return this.#next;
  }

  get underway(): boolean {
    return this.#next !== undefined;
  }

  request(): Uint8Array | undefined {
    if (this.#next !== undefined || this.#asked) return undefined;
    this.#asked = true;
    return this.#context.seal(RecordKind.ROTATE_PLEASE, empty);
  }

  receive(kind: number, body: Uint8Array): RotationStep {
    if (kind === RecordKind.ROTATE_INIT) return this.#init(body);
    if (kind === RecordKind.ROTATE_SWITCH) return this.#switch(body);
    throw new IllegalRecord(`a record of kind ${kind} came, which a dialler must not send`);
  }

  wipe(): void {
    this.#next?.fromDialer.wipe();
    this.#next?.exporterSecret.wipe();
    this.#epoch.exporterSecret.wipe();
  }

  #init(body: Uint8Array): RotationStep {
    const { pace } = this.#context;
    if (this.#next !== undefined) throw new IllegalRecord("a rotation began before the last one ended");
    if (!worn(this.#context)) {
      if (!pace.allows) throw new IllegalRecord("rotations follow each other too fast");
      pace.take();
    }
    const handshake = rotationHandshake(this.#context, this.#epoch, false);
    try {
      readRotationMessage(handshake, body);
    } catch (error) {
      handshake.wipe();
      throw error;
    }
    const output = this.#context.seal(RecordKind.ROTATE_REPLY, handshake.writeMessage(empty));
    this.#next = epochOf(this.#epoch.number + 1, handshake);
    this.#asked = false;
    this.#context.sealUnder(this.#next.fromListener);
    return { output };
  }

  #switch(body: Uint8Array): RotationStep {
    checkEmpty(body);
    if (this.#next === undefined) throw new IllegalRecord("a rotation's switch came without a rotation");
    this.#context.openUnder(this.#next.fromDialer);
    this.#epoch.exporterSecret.wipe();
    this.#epoch = this.#next;
    this.#next = undefined;
    return { rotated: true };
  }
}

/** The listening end. */
export const listening: ChannelSide = {
  dials: false,
  pace: (timers) => new Pace(ROTATIONS_PER_SECOND, ROTATION_BURST, timers),
  rotation: (context, epoch) => new ListenerRotation(context, epoch),
};
