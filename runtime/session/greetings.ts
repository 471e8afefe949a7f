import { type SchemasInit, writeSchemas } from "../../generated/zserver/protocol/v1/negotiation.ts";
import * as wire from "../../generated/zserver/protocol/v1/session.ts";
import { ROUTE_BYTES } from "../channel/limits.ts";
import type { Reader } from "../bytes/reader.ts";
import { shortText } from "../bytes/short-text.ts";
import type { Writer } from "../bytes/writer.ts";
import { type EndReason, endReasons } from "../errors/end-reason.ts";
import type { Counts } from "./counts.ts";
import { FrameType } from "./frame.ts";
import { limitsToWire } from "./limits.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { HelloOptions, ResumeRequest, SessionOptions } from "./session-options.ts";

/** The version of the protocol that this library speaks. */
export const PROTOCOL_VERSION = 1;

/** The longest line of a closing frame, in UTF-16 units. */
const CLOSE_TEXT_UNITS = 1_024;

/** A line that a closing frame can hold: short, and well-formed. */
export function closeText(message: string): string {
  return shortText(message, CLOSE_TEXT_UNITS);
}

/** The client's first frame of a new session. */
export function writeClientHello(writer: Writer, { limits, agent }: SessionOptions, hello: HelloOptions): void {
  wire.writeClientHello(writer, { protocol: PROTOCOL_VERSION, limits: limitsToWire(limits), agent, ...hello });
}

/** The server's answer to it. */
export function writeWelcome(
  writer: Writer,
  { agent, retentionMs, route }: SessionOptions,
  expiresInMs: number,
  schemas: SchemasInit | undefined,
): void {
  wire.writeWelcome(writer, { protocol: PROTOCOL_VERSION, agent, retentionMs, expiresInMs, schemas, route });
}

/** The client's answer to DESCRIBE. */
export function writeDescriptions(writer: Writer, descriptions: SchemasInit): void {
  writeSchemas(writer, descriptions);
}

/** The server's answer to CLIENT_HELLO. Throws ProtocolError for anything else, and for a route that is too long. */
export function readWelcome(type: FrameType, body: Reader): wire.Welcome {
  if (type !== FrameType.WELCOME) throw new ProtocolError(`the server's first frame is of type ${type}, not ${FrameType.WELCOME}`);
  const welcome = wire.readWelcome(body, body.end);
  if (welcome.route.length > ROUTE_BYTES) throw new ProtocolError(`a route of ${welcome.route.length} bytes; the limit is ${ROUTE_BYTES}`);
  return welcome;
}

/** What is wrong with a peer that speaks this version of the protocol; undefined when nothing is. */
export function checkVersion(protocol: number): string | undefined {
  if (protocol === PROTOCOL_VERSION) return undefined;
  return `the peer speaks version ${protocol} of the protocol, this side version ${PROTOCOL_VERSION}`;
}

/** The client's first frame on every later connection of its session. */
export function writeResume(writer: Writer, { attempt, ...request }: ResumeRequest, accepted: Counts): void {
  wire.writeResume(writer, { protocol: PROTOCOL_VERSION, ...request, attempt: BigInt(attempt), accepted: accepted.map(BigInt) });
}

/** The server's answer: what it accepted, and behind which of its own frames it goes on. */
export function writeResumed(writer: Writer, accepted: Counts, behind: Counts, expiresInMs: number): void {
  wire.writeResumed(writer, { accepted: accepted.map(BigInt), behind: behind.map(BigInt), expiresInMs });
}

/** A side's last frame. */
export function writeClose(writer: Writer, reason: EndReason, message: string, accepted: Counts): void {
  wire.writeClose(writer, { reason: endReasons[reason].number, message, accepted: accepted.map(BigInt) });
}
