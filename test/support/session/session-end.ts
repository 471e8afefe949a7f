import type { Schemas, SchemasInit } from "../../../generated/zserver/protocol/v1/negotiation.ts";
import { ClientHello, Close, type Resume, Welcome } from "../../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../../../runtime/bytes/reader.ts";
import { RecordKind } from "../../../runtime/channel/channel.ts";
import type { EndReason } from "../../../runtime/errors/end-reason.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import type { PartialFrames } from "../../../runtime/session/frame-assembler.ts";
import { PROTOCOL_VERSION } from "../../../runtime/session/greetings.ts";
import { defaultLimits, type Limits, limitsToWire } from "../../../runtime/session/limits.ts";
import { ClientOpening, ServerOpening } from "../../../runtime/session/opening.ts";
import type { PartialFrame } from "../../../runtime/session/partial-frame.ts";
import type { Priority } from "../../../runtime/session/priority.ts";
import { SessionCore } from "../../../runtime/session/session-core.ts";
import type { SessionEnd } from "../../../runtime/session/session-end.ts";
import type { ReplayedFrame, SessionHandler, SessionLink, SessionOptions, WriteFrame } from "../../../runtime/session/session-options.ts";
import { TestTime } from "../channel/ends.ts";
import { frame, message, type ParsedFrame, parseFrames } from "./frames.ts";
import { partialsOf } from "./partial.ts";

const empty = new Uint8Array();

/** A session alone: its link and its handler are this object, its peer is the test. */
export class Lone implements SessionLink, SessionHandler {
  readonly time: TestTime = new TestTime();
  readonly session: SessionCore;
  readonly records: { readonly kind: number; readonly bytes: Uint8Array }[] = [];
  readonly frames: { readonly type: number; readonly size: number }[] = [];
  readonly credits: (readonly number[])[] = [];
  readonly errors: unknown[] = [];
  readonly ends: SessionEnd[] = [];
  readonly resumes: Resume[] = [];
  readonly descriptions: Schemas[] = [];
  readonly lost: EndReason[] = [];
  resumptions = 0;
  confirmations = 0;
  hello: ClientHello | Welcome | undefined;
  rooms = 0;
  closes = 0;
  writable = true;
  waitingBytes = 0;
  waiting = false;
  readonly #partials: PartialFrames;
  onFrame: (type: number, body: Reader) => void = () => {};
  onOpened: () => void = () => {};

  constructor(role: "client" | "server", limits: Partial<Limits> = {}, retentionMs = 0) {
    const hello = { anonymous: true, credentials: new Uint8Array(), entrancesVersion: 0n, roots: empty, services: empty };
    const options: SessionOptions = {
      role,
      opening: (host) => (role === "client" ? new ClientOpening(host) : new ServerOpening(host)),
      limits: { ...defaultLimits, ...limits },
      timers: this.time.timers,
      endOfTurn: (run) => this.time.clock.endOfTurn(run),
      handshakeTimeoutMs: 5_000,
      livenessTimeoutMs: 9_000,
      retentionMs,
      keepAliveMs: 25_000,
      slowPeerTimeoutMs: 30_000,
      agent: "test",
    };
    this.#partials = partialsOf(options.limits);
    this.session = new SessionCore(options, this, this, role === "client" ? hello : undefined);
  }

  partial(priority: Priority): PartialFrame {
    return this.#partials.partial(priority);
  }

  /** The peer's bytes, in one record. */
  receive(...pieces: readonly Uint8Array[]): void {
    this.receiveAs(RecordKind.NORMAL, ...pieces);
  }

  receiveAs(kind: number, ...pieces: readonly Uint8Array[]): void {
    this.session.heard();
    for (const piece of pieces) this.session.receive(kind, piece.slice());
  }

  /** Takes what was sent, as frames. */
  sent(): ParsedFrame[] {
    this.time.clock.flush();
    return this.records.splice(0).flatMap(({ bytes }) => parseFrames(bytes));
  }

  /** The one closing frame among what was sent. */
  sentClose(): Close {
    const closes = this.sent().filter(({ type }) => type === FrameType.CLOSE);
    if (closes.length !== 1) throw new Error(`${closes.length} closing frames were sent`);
    return decode(Close, closes[0]!.body);
  }

  send(kind: number, bytes: Uint8Array): void {
    this.records.push({ kind, bytes: bytes.slice() });
  }
  close(): void {
    this.closes++;
  }
  opened(hello: ClientHello | Welcome): void {
    this.hello = hello;
    this.onOpened();
  }
  frame(type: FrameType, body: Reader, size: number): void {
    this.frames.push({ type, size });
    this.onFrame(type, body);
  }
  credit(...numbers: readonly number[]): void {
    this.credits.push(numbers);
  }
  described(descriptions: Schemas): void {
    this.descriptions.push(descriptions);
  }
  describe(services: Uint8Array): SchemasInit {
    return { services: [services], versions: ["1.0.0"] };
  }
  resume(request: Resume): void {
    this.resumes.push(request);
  }
  detached(reason: EndReason): void {
    this.lost.push(reason);
  }
  kept(): void {}
  resumed(): void {
    this.resumptions++;
  }
  confirmed(): void {
    this.confirmations++;
  }
  replay({ type, body }: ReplayedFrame, write: WriteFrame): void {
    write(type, (writer) => writer.raw(body.bytes.subarray(body.position, body.end)));
  }
  room(): void {
    this.rooms++;
  }
  internalError(error: unknown): void {
    this.errors.push(error);
  }
  ended(end: SessionEnd): void {
    this.ends.push(end);
  }
}

export const clientHello = (protocol: number = PROTOCOL_VERSION): Uint8Array =>
  frame(FrameType.CLIENT_HELLO, message(ClientHello, { protocol, limits: limitsToWire(defaultLimits), agent: "by hand", anonymous: true }));

export const welcome = (protocol: number = PROTOCOL_VERSION): Uint8Array =>
  frame(FrameType.WELCOME, message(Welcome, { protocol, agent: "by hand" }));

export const closeFrame = (reason: number, text: string, ...accepted: readonly bigint[]): Uint8Array =>
  frame(FrameType.CLOSE, message(Close, { reason, message: text, accepted }));

/** A server's session that let its client in, with nothing left of that to see. */
export function openServer(limits: Partial<Limits> = {}): Lone {
  const lone = new Lone("server", limits);
  lone.receive(clientHello());
  lone.session.welcome();
  lone.sent();
  return lone;
}

export function openClient(limits: Partial<Limits> = {}): Lone {
  const lone = new Lone("client", limits);
  lone.receive(welcome());
  lone.sent();
  return lone;
}
