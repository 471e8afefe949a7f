import type { SessionLink } from "../../../runtime/session/session-options.ts";
import { type ParsedFrame, parseFrames } from "./frames.ts";

/** Another connection for a session. */
export class TestLink implements SessionLink {
  writable = true;
  waitingBytes = 0;
  closes = 0;
  readonly records: { readonly kind: number; readonly bytes: Uint8Array }[] = [];

  send(kind: number, bytes: Uint8Array): void {
    this.records.push({ kind, bytes: bytes.slice() });
  }

  close(): void {
    this.closes++;
  }

  get frames(): ParsedFrame[] {
    return this.records.flatMap(({ bytes }) => parseFrames(bytes));
  }
}
