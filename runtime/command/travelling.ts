import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import type { MessageType } from "../schema/message-type.ts";
import type { Limits, PeerLimits } from "../session/limits.ts";
import type { AnyCommand, Registration } from "./registry.ts";

/** A message type as it travels, which may be another form than that of its schema. */
export interface TravellingType extends MessageType<unknown, unknown> {
  /** Makes what travels of the message that was written from `start` on. Returns how many bytes fewer it takes than it would uncompressed. */
  pack?(writer: Writer, start: number): number;
  /** How many bytes fewer the message takes that begins at the reader's position, by what it says. Never moves the reader. */
  spared?(body: Reader): number;
}

/** A command as it travels. */
export interface TravellingCommand extends AnyCommand {
  readonly request: TravellingType;
  readonly reply: TravellingType;
  /** Set where it is compressed: what its kind says besides, where its name is introduced. */
  readonly form?: number | undefined;
}

/** What compresses the messages of the sessions of one call of `serve` or `connect`. */
export interface Compression {
  /** This side's, with the forms in which it takes commands. */
  readonly limits: Limits & Pick<PeerLimits, "compressions">;
  /** What travels of a command that this side calls. */
  outgoing(command: AnyCommand, peer: PeerLimits): TravellingCommand;
  /** Whether a command may come with this beside its kind. */
  takes(form: number): boolean;
  /** A command of this side for a session in which it comes with a form that is taken. */
  incoming(registration: Registration, form: number): Registration;
}
