/**
 * The frames of a session (docs/PROTOCOL.md, "Frames"). A frame is a header byte, the varint length of its body, and the body.
 * The header byte is `type << 2 | ignorable << 1 | sequenced`. Frames follow each other without gaps, and a record may end anywhere in one.
 */
export const FrameType = {
  PADDING: 0,
  CLIENT_HELLO: 1,
  WELCOME: 2,
  ACK: 3,
  CREDIT: 4,
  PING: 5,
  PONG: 6,
  CLOSE: 7,
  /** Starts a command that will be answered. */
  REQUEST: 8,
  /** A one-way command. */
  SEND: 9,
  /** The reply of a unary or client-stream command: its end. */
  REPLY: 10,
  /** The failure of a command: its end. */
  FAIL: 11,
  /** The caller gives a command up, and the handler's side still answers with its end; or the handler reads no more of what the caller streams. */
  CANCEL: 12,
  /** One item of a stream, in either direction. */
  ITEM: 13,
  /** No more items from this side; from the handler's side, the end of the command. */
  END: 14,
  /** Starts nothing: in the place of a REQUEST or SEND that nobody waits for any more, or only to introduce a command's name. */
  VOID: 15,
  /** The client's first frame where a session goes on. */
  RESUME: 16,
  /** The server's first frame where a session goes on. */
  RESUMED: 17,
  /** The client shows fresh credentials in a live session. */
  CREDENTIALS: 18,
  /** What became of them. */
  ADMITTED: 19,
  /** Where the server may be reached. */
  ENTRANCES: 20,
  /** The server asks the client to go over to one of those entrances. */
  MOVE: 21,
  /** With what the client passes the door the next time. */
  TICKET: 22,
  /** A volatile one-way command: sent once or not at all. */
  SEND_VOLATILE: 23,
  /** The server asks the client to describe services, before it lets it in. */
  DESCRIBE: 24,
  /** The client's answer. */
  DESCRIPTIONS: 25,
  /** A side describes a service that it wants to call, and asks for the other's description. */
  COMPARE: 26,
  /** The answer. */
  COMPARED: 27,
  /** How much came over this connection, where acknowledgements do not say it: a long frame is under way. */
  RECEIVED: 28,
  /** What follows in its class waits for what is before it in the other classes. */
  BARRIER: 29,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** The numbered frames that are about the session itself and not about a command: the command floor leads each to its owner. */
export type ControlType = (typeof FrameType)["CREDENTIALS" | "ADMITTED" | "ENTRANCES" | "MOVE" | "TICKET" | "COMPARE" | "COMPARED"];
const controlTypes: readonly ControlType[] = [
  FrameType.CREDENTIALS,
  FrameType.ADMITTED,
  FrameType.ENTRANCES,
  FrameType.MOVE,
  FrameType.TICKET,
  FrameType.COMPARE,
  FrameType.COMPARED,
];

/** Whether frames of this type are numbered and about the session itself. */
export const isOfSession = (type: FrameType): boolean => (controlTypes as readonly FrameType[]).includes(type);

const SEQUENCED = 1;
const IGNORABLE = 2;

/** Frames of these types are numbered, acknowledged, and sent again after a resume: those about commands from REQUEST to VOID, and some that came later. */
const areNumbered = (type: FrameType): boolean =>
  (type >= FrameType.REQUEST && type <= FrameType.VOID) || type === FrameType.BARRIER || isOfSession(type);

/** The header byte of each type that is known, which is never 0: every frame is looked up. */
const headers = new Uint8Array(64);
for (const type of Object.values(FrameType)) headers[type] = (type << 2) | (areNumbered(type) ? SEQUENCED : 0);
headers[FrameType.PADDING] = IGNORABLE;

/** The header byte of a frame that this version sends. */
export const frameHeader = (type: FrameType): number => headers[type]!;

/** Whether this version knows frames of this type. */
export const isKnown = (type: number): boolean => headers[type] !== 0;

/** Whether frames of a known type are numbered. */
export const isNumbered = (type: number): boolean => isSequenced(headers[type]!);

/** Whether frames of this type are about commands, and so in the class of theirs; but not CREDIT. */
export const isOfCommand = (type: FrameType): boolean => type === FrameType.SEND_VOLATILE || (isNumbered(type) && !isOfSession(type));

/** Whether frames of this type carry a message of the application's. */
export const isMessage = (type: number): boolean =>
  (type >= FrameType.REQUEST && type <= FrameType.REPLY) || type === FrameType.ITEM || type === FrameType.SEND_VOLATILE;

export const headerType = (header: number): number => header >> 2;
export const isSequenced = (header: number): boolean => (header & SEQUENCED) !== 0;
export const isIgnorable = (header: number): boolean => (header & IGNORABLE) !== 0;

/** Flags of REQUEST and SEND. */
export const CommandFlag = {
  /** The next command of the same priority class starts only when this one has ended. */
  ORDERED: 1,
  /** Refused with ABORTED, NOT_RUN, when the command before it failed; that one must carry ORDERED. */
  AFTER_SUCCESS: 2,
} as const;

/** The number of each command kind on the wire, sent where a name is introduced. */
export const kindNumbers = { unary: 0, one_way: 1, server_stream: 2, client_stream: 3, bidi_stream: 4 } as const;

/** The most bytes of a body besides the message in it: ids, flags, a command's name. */
export const BODY_OVERHEAD_BYTES = 1024;
/** The longest command name, in bytes of UTF-8. */
export const COMMAND_NAME_BYTES = 512;
/** The largest body of a control frame (types below REQUEST, and CANCEL and END). */
export const CONTROL_BYTES = 16_384;
/** The longest credentials of a client: room for a signed token with claims, and little enough that judging it costs little. */
export const CREDENTIALS_BYTES = 8_192;
/** The largest body of a frame that describes services: 200 commands of ordinary messages take a tenth of it. */
export const DESCRIPTIONS_BYTES = 262_144;
/** The largest body of a FAIL frame: message and details together. */
export const FAILURE_BYTES = 65_536;

/** The largest body, in bytes, that a frame of this type may have where messages may have `messageBytes`. */
export function maxBodyBytes(type: number, messageBytes: number): number {
  switch (type) {
    case FrameType.REQUEST:
    case FrameType.SEND:
    case FrameType.REPLY:
    case FrameType.ITEM:
    case FrameType.SEND_VOLATILE:
      return messageBytes + BODY_OVERHEAD_BYTES;
    case FrameType.FAIL:
      return FAILURE_BYTES;
    case FrameType.WELCOME:
    case FrameType.DESCRIPTIONS:
    case FrameType.COMPARE:
    case FrameType.COMPARED:
      return DESCRIPTIONS_BYTES;
    default:
      return CONTROL_BYTES;
  }
}
