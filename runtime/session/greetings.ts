import { ClientHello, Close, Resume, Resumed, Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import { shortText } from "../bytes/short-text.ts";
import type { Writer } from "../bytes/writer.ts";
import { type EndReason, endReasons } from "../errors/end-reason.ts";
import { limitsToWire } from "./limits.ts";
import type { ResumeRequest, SessionOptions } from "./session-options.ts";

/** The version of the protocol that this library speaks. */
export const PROTOCOL_VERSION = 1;

/** The longest line of a closing frame, in UTF-16 units. */
const CLOSE_TEXT_UNITS = 1_024;

/** A line that a closing frame can hold: short, and well-formed. */
export function closeText(message: string): string {
  return shortText(message, CLOSE_TEXT_UNITS);
}

/** The client's first frame of a new session. */
export function writeClientHello(writer: Writer, { limits, agent, anonymous, entrancesVersion }: SessionOptions): void {
  ClientHello.write(writer, { protocol: PROTOCOL_VERSION, limits: limitsToWire(limits), agent, anonymous, entrancesVersion });
}

/** The server's answer to it. */
export function writeWelcome(writer: Writer, { agent, retentionMs }: SessionOptions): void {
  Welcome.write(writer, { protocol: PROTOCOL_VERSION, agent, retentionMs });
}

/** The client's first frame on every later connection of its session. */
export function writeResume(writer: Writer, { attempt, ...request }: ResumeRequest, accepted: number): void {
  Resume.write(writer, { protocol: PROTOCOL_VERSION, ...request, attempt: BigInt(attempt), accepted: [BigInt(accepted)] });
}

/** The server's answer: what it accepted, and behind which of its own frames it goes on. */
export function writeResumed(writer: Writer, accepted: number, behind: number): void {
  Resumed.write(writer, { accepted: [BigInt(accepted)], behind: [BigInt(behind)] });
}

/** A side's last frame. */
export function writeClose(writer: Writer, reason: EndReason, message: string, accepted: number): void {
  Close.write(writer, { reason: endReasons[reason].number, message, accepted: [BigInt(accepted)] });
}
