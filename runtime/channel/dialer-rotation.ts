import type { HandshakeState } from "../crypto/noise/handshake-state.ts";
import { Pace } from "../time/pace.ts";
import { RecordKind } from "./channel.ts";
import { type Epoch, epochOf } from "./epoch.ts";
import { DIALER_ROTATION_BURST, DIALER_ROTATIONS_PER_SECOND } from "./limits.ts";
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

/** The dialling side starts rotations: INIT, on under the old keys until REPLY, then SWITCH, and both directions are under the new ones. */
export class DialerRotation implements Rotation {
  readonly #context: RotationContext;
  #epoch: Epoch;
  #handshake: HandshakeState | undefined;
  /** The listener asked in this epoch. */
  #asked = false;

  constructor(context: RotationContext, epoch: Epoch) {
    this.#context = context;
    this.#epoch = epoch;
  }

  get epoch(): Epoch {
    return this.#epoch;
  }

  get next(): undefined {
    return undefined;
  }

  get underway(): boolean {
    return this.#handshake !== undefined;
  }

  request(): Uint8Array | undefined {
    const { pace } = this.#context;
    if (this.#handshake !== undefined) return undefined;
    if (!worn(this.#context)) {
      if (!pace.open) return undefined;
      pace.take();
    }
    this.#handshake = rotationHandshake(this.#context, this.#epoch, true);
    return this.#context.seal(RecordKind.ROTATE_INIT, this.#handshake.writeMessage(empty));
  }

  receive(kind: number, body: Uint8Array): RotationStep {
    if (kind === RecordKind.ROTATE_PLEASE) return this.#please(body);
    if (kind === RecordKind.ROTATE_REPLY) return this.#reply(body);
    throw new IllegalRecord(`a record of kind ${kind} came, which a listener must not send`);
  }

  wipe(): void {
    this.#handshake?.wipe();
    this.#epoch.exporterSecret.wipe();
  }

  /** One that crosses our own INIT asks for what is under way already. */
  #please(body: Uint8Array): RotationStep {
    checkEmpty(body);
    if (this.#asked) throw new IllegalRecord("the listener asked twice for the same rotation");
    this.#asked = true;
    return { output: this.request() };
  }

  #reply(body: Uint8Array): RotationStep {
    const context = this.#context;
    if (this.#handshake === undefined) throw new IllegalRecord("a rotation's reply came without a rotation");
    readRotationMessage(this.#handshake, body);
    const next = epochOf(this.#epoch.number + 1, this.#handshake);
    this.#handshake = undefined;
    this.#asked = false;
    context.openUnder(next.fromListener);
    const output = context.seal(RecordKind.ROTATE_SWITCH, empty);
    context.sealUnder(next.fromDialer);
    this.#epoch.exporterSecret.wipe();
    this.#epoch = next;
    return { output, rotated: true };
  }
}

/** The dialling end. */
export const dialing: ChannelSide = {
  dials: true,
  pace: (timers, due) => new Pace(DIALER_ROTATIONS_PER_SECOND, DIALER_ROTATION_BURST, timers, due),
  rotation: (context, epoch) => new DialerRotation(context, epoch),
};
