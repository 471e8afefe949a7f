import type { CallOptions } from "../schema/caller.ts";

/** How far a blob has come. */
export interface BlobProgress {
  /** Bytes that were handed to the session, or came from it. */
  readonly bytes: number;
  /** How many there will be; undefined where the sender did not say. */
  readonly size: number | undefined;
}

/** What a caller may say about a call that sends or returns a blob. */
export interface BlobCallOptions extends CallOptions {
  /** Told after each chunk of the blob that is sent; it must not throw. What was handed to the session is at most a window ahead of what the peer took. */
  readonly onSent?: ((progress: BlobProgress) => void) | undefined;
  /** Told after each chunk of the blob that is returned, when it is read; it must not throw. */
  readonly onReceived?: ((progress: BlobProgress) => void) | undefined;
}

/** Throws TypeError for one of these limits that is given and no number of bytes: compared with anything else, every size would be within it. */
export function checkBytes<Name extends string>(options: { readonly [N in Name]?: number | undefined }, names: readonly Name[]): void {
  for (const name of names) {
    const value: unknown = options[name];
    if (value !== undefined && !(typeof value === "number" && value >= 0))
      throw new TypeError(`${name} must be a number of bytes, not ${String(value)}`);
  }
}
