import type { EndReason } from "../errors/end-reason.ts";

export interface ChannelFailureOptions {
  readonly retryAfterMs?: number | undefined;
  /** What the peer is still told. */
  readonly lastWords?: Uint8Array | undefined;
}

/** Why a handshake ends. Thrown inside the channel only: its users get `ChannelEvents.ended`. */
export class ChannelFailure extends Error {
  override readonly name = "ChannelFailure";
  readonly reason: EndReason;
  readonly retryAfterMs: number | undefined;
  readonly lastWords: Uint8Array | undefined;

  constructor(reason: EndReason, message: string, options: ChannelFailureOptions = {}) {
    super(message);
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
    this.lastWords = options.lastWords;
  }
}

/** What a handshake's step threw, as a failure: a primitive, a decoder or Noise itself found the peer's bytes to be wrong. */
export function asFailure(error: unknown): ChannelFailure {
  if (error instanceof ChannelFailure) return error;
  return new ChannelFailure("HANDSHAKE_FAILED", error instanceof Error ? error.message : String(error));
}
