import type { CryptoProvider } from "../crypto/provider.ts";
import type { RandomSource } from "../crypto/random.ts";
import type { Pace } from "../time/pace.ts";
import type { Timer } from "../time/timers.ts";
import { RecordKind } from "./channel.ts";
import { type Epoch, exported } from "./epoch.ts";
import type { FinishedHandshake, StaticKeys } from "./handshake.ts";
import { HALF_OPEN_BYTES, LENGTH_BYTES, RECORD_BYTES } from "./limits.ts";
import type { ChannelOptions } from "./options.ts";
import { RecordOpener } from "./record-opener.ts";
import { RecordSealer } from "./record-sealer.ts";
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

/** The records of a connection, both directions, under keys that age by bytes and by time, and are renewed. */
export class RecordLayer implements RotationContext {
  readonly statics: StaticKeys;
  readonly sealer: RecordSealer;
  readonly opener: RecordOpener;
  readonly #host: RecordLayerHost;
  readonly #rotation: Rotation;
  /** Undefined until there was a rotation. */
  #pace: Pace | undefined;
  /** Runs from the first activity under the present keys on, on a dialler. */
  #timer: Timer | undefined;

  /** @param sentBytes what this side has sent in the handshake */
  constructor({ epoch, statics }: FinishedHandshake, host: RecordLayerHost, sentBytes: number) {
    const { dials } = host.side;
    // The listener accepts no more than this before a record has verified, so the dialler's first one has to fit.
    const firstRecordBytes = dials ? HALF_OPEN_BYTES - sentBytes - LENGTH_BYTES : RECORD_BYTES;
    this.sealer = new RecordSealer(dials ? epoch.fromDialer : epoch.fromListener, firstRecordBytes);
    this.opener = new RecordOpener(dials ? epoch.fromListener : epoch.fromDialer);
    this.statics = statics;
    this.#host = host;
    this.#rotation = host.side.rotation(this, epoch);
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
    return this.#rotation.epoch.number;
  }

  get recordsIn(): number {
    return this.opener.records;
  }

  get recordsOut(): number {
    return this.sealer.records;
  }

  /** Whether so much went under one key that the peer refuses to renew it. */
  get overdue(): boolean {
    return this.#keyBytes > this.#host.settings.rotationOverdueBytes;
  }

  /** See {@link RecordSealer.seal}. */
  seal(kind: number, plaintext: Uint8Array): Uint8Array {
    return this.sealer.seal(kind, plaintext);
  }

  /** See {@link RecordOpener.open}. */
  open(packet: Uint8Array, into: Uint8Array): number {
    return this.opener.open(packet, into);
  }

  /** A record of the session went either way, and the keys age by it. Whether they are due for renewal by their bytes. */
  age(kind: number): boolean {
    if (this.#rotation.underway) return false;
    const { options, settings } = this.#host;
    if (kind !== RecordKind.QUIET && settings.rotateAfterMs !== undefined)
      this.#timer ??= options.timers.after(spread(settings.rotateAfterMs, this.#rotation.epoch), () => this.#host.rotate());
    return this.#keyBytes >= settings.rotateAfterBytes;
  }

  /** A record that begins a renewal or asks for it; undefined when there is nothing to begin or ask for. */
  requestRotation(): Uint8Array | undefined {
    this.stopTimer();
    return this.#rotation.request();
  }

  /** See {@link Rotation.receive}. */
  receiveRotation(kind: number, body: Uint8Array): RotationStep {
    const step = this.#rotation.receive(kind, body);
    if (this.#rotation.underway) this.stopTimer();
    return step;
  }

  exporter(label: string): Uint8Array {
    return exported(this.crypto, this.#rotation.epoch, label);
  }

  /** Undefined unless the next epoch's keys exist already. */
  nextExporter(label: string): Uint8Array | undefined {
    const { next } = this.#rotation;
    return next && exported(this.crypto, next, label);
  }

  stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  wipe(): void {
    this.stopTimer();
    this.#pace?.stop();
    this.#rotation.wipe();
    this.sealer.wipe();
    this.opener.wipe();
  }

  /** Bytes of the direction that has more of them under its present key. */
  get #keyBytes(): number {
    return Math.max(this.sealer.keyBytes, this.opener.keyBytes);
  }
}

/**
 * Between three quarters of that time and all of it, evenly: very many sessions that all hear the same thing would renew their keys all at once. By the epoch's hash, which is as
 * good as random and different for each.
 */
function spread(rotateAfterMs: number, { hash }: Epoch): number {
  return rotateAfterMs * (1 - Number.parseInt(hash.slice(0, 4), 16) / 0x40000);
}
