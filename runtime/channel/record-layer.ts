import type { CryptoProvider } from "../crypto/provider.ts";
import type { RandomSource } from "../crypto/random.ts";
import type { Pace } from "../time/pace.ts";
import type { Timer } from "../time/timers.ts";
import { RecordKind } from "./channel.ts";
import { type Epoch, exported } from "./epoch.ts";
import type { FinishedHandshake, StaticKeys } from "./handshake.ts";
import { HALF_OPEN_BYTES, LENGTH_BYTES } from "./limits.ts";
import type { ChannelOptions } from "./options.ts";
import { Records } from "./records.ts";
import type { Rotation, RotationContext, RotationStep } from "./rotation.ts";
import type { ChannelSettings } from "./settings.ts";
import type { ChannelSide } from "./side.ts";

/** The channel whose records they are. */
export interface RecordLayerHost {
  readonly side: ChannelSide;
  readonly options: ChannelOptions;
  readonly settings: ChannelSettings;
  /** The present keys' time is over. */
  rotate(): void;
}

/** The records of a connection under keys that age by bytes and by time, and are renewed. */
export class RecordLayer extends Records implements RotationContext {
  readonly statics: StaticKeys;
  readonly #host: RecordLayerHost;
  /** That of the handshake. */
  readonly #first: Epoch;
  /** Made for the first rotation: the epochs are its own from then on. */
  #rotation: Rotation | undefined;
  /** Undefined until there was a rotation. */
  #pace: Pace | undefined;
  /** Runs from the first activity under the present keys on, on a dialler. */
  #timer: Timer | undefined;

  /** @param sentBytes what this side has sent in the handshake */
  constructor({ epoch, statics }: FinishedHandshake, host: RecordLayerHost, sentBytes: number) {
    const { dials } = host.side;
    // The listener accepts no more than this before a record has verified, so the dialler's first one has to fit.
    if (dials) super(epoch.fromDialer, epoch.fromListener, HALF_OPEN_BYTES - sentBytes - LENGTH_BYTES);
    else super(epoch.fromListener, epoch.fromDialer);
    this.statics = statics;
    this.#host = host;
    this.#first = epoch;
  }

  get crypto(): CryptoProvider {
    return this.#host.options.crypto;
  }

  get random(): RandomSource {
    return this.#host.options.random;
  }

  get pace(): Pace {
    const { side, options } = this.#host;
    this.#pace ??= side.pace(options.timers, () => this.#host.rotate());
    return this.#pace;
  }

  /** The epoch that both directions have reached. */
  get epoch(): number {
    return this.#present.number;
  }

  get #present(): Epoch {
    return this.#rotation?.epoch ?? this.#first;
  }

  get #renewal(): Rotation {
    this.#rotation ??= this.#host.side.rotation(this, this.#first);
    return this.#rotation;
  }

  /** Whether so much went under one key that the peer refuses to renew it. */
  get overdue(): boolean {
    return this.keyBytes > this.#host.settings.rotationOverdueBytes;
  }

  /** A record of the session went either way, and the keys age by it. Whether they are due for renewal by their bytes. */
  age(kind: number): boolean {
    if (this.#rotation?.underway) return false;
    const { options, settings } = this.#host;
    if (kind !== RecordKind.QUIET && settings.rotateAfterMs !== undefined)
      this.#timer ??= options.timers.after(spread(settings.rotateAfterMs, this.#present), () => this.#host.rotate());
    return this.keyBytes >= settings.rotateAfterBytes;
  }

  /** A record that begins a renewal or asks for it; undefined when there is nothing to begin or ask for. */
  requestRotation(): Uint8Array | undefined {
    this.stopTimer();
    return this.#renewal.request();
  }

  /** See {@link Rotation.receive}. */
  receiveRotation(kind: number, body: Uint8Array): RotationStep {
    const step = this.#renewal.receive(kind, body);
    if (this.#renewal.underway) this.stopTimer();
    return step;
  }

  exporter(label: string): Uint8Array {
    return exported(this.crypto, this.#present, label);
  }

  /** Undefined unless the next epoch's keys exist already. */
  nextExporter(label: string): Uint8Array | undefined {
    const next = this.#rotation?.next;
    return next && exported(this.crypto, next, label);
  }

  stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  override wipe(): void {
    super.wipe();
    this.stopTimer();
    this.#pace?.stop();
    if (this.#rotation === undefined) this.#first.exporterSecret.wipe();
    else this.#rotation.wipe();
  }
}

/**
 * Between three quarters of that time and all of it, evenly: very many sessions that all hear the same thing would renew their keys all at once. By the epoch's hash, which is as
 * good as random and different for each.
 */
function spread(rotateAfterMs: number, { hash }: Epoch): number {
  return rotateAfterMs * (1 - Number.parseInt(hash.slice(0, 4), 16) / 0x40000);
}
