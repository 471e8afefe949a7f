import { Staging } from "../../generated/zserver/staging/v1/staging.ts";
import type { BlobCallOptions } from "../blob/options.ts";
import type { BlobSource } from "../blob/source.ts";
import type { Session } from "../command/session-type.ts";

/** A blob that waits at the peer. It is passed as it is where a message has a field of type `zserver.BlobRef`. */
export class StagedBlob {
  /** Opaque. */
  readonly id: Uint8Array;
  readonly #session: Pick<Session, "use">;

  constructor(id: Uint8Array, session: Pick<Session, "use">) {
    this.id = id;
    this.#session = session;
  }

  /** The peer need not keep it any longer: call this when the commands about it have been answered. Resolves when that was sent. */
  release(): Promise<void> {
    return this.#session.use(Staging).release({ blobs: [{ id: this.id }] });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}

/**
 * Sends a blob to the peer ahead of the commands about it. Resolves when the peer has all of it and has verified it. Rejects with CommandError: RESOURCE_EXHAUSTED
 * with a `QuotaExceeded` beyond what the peer keeps, UNIMPLEMENTED where it offers no staging, or with a `BlobFailure`.
 */
export async function stage(session: Pick<Session, "use">, source: BlobSource, options?: BlobCallOptions): Promise<StagedBlob> {
  const { id } = await session.use(Staging).stage(source, options);
  return new StagedBlob(id, session);
}
