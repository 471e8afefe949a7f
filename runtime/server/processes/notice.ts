import type { Passage } from "../../transport/transport.ts";
import type { GroupBroadcast } from "../broadcast.ts";
import type { MoveOptions, MoveResult } from "../move.ts";

/** What the processes of one server tell each other, by way of the primary. */
export type Notice =
  /** To the primary: this process takes connections. */
  | { readonly kind: "listening"; readonly endpoints: readonly string[]; readonly route: string }
  /** To the primary: it takes none any more, and its sessions end with their connections. */
  | { readonly kind: "leaving"; readonly route: string }
  /** From the primary: the whole server ends. */
  | { readonly kind: "drain" }
  | { readonly kind: "close" }
  /** From the primary: the list of entrances, signed, and whether clients are asked to go over. */
  | { readonly kind: "entrances"; readonly list: string }
  | MoveNotice
  /** To the primary: what came of that in this process. */
  | { readonly kind: "moved"; readonly id: number; readonly result: MoveResult }
  | ConnectionNotice
  /** To all others: what goes to the members that they have of a group. */
  | ({ readonly kind: "broadcast" } & GroupBroadcast)
  | { readonly kind: "revoke"; readonly principal: string; readonly message: string };

export interface MoveNotice {
  readonly kind: "move";
  readonly id: number;
  readonly list: string;
  readonly options: MoveOptions;
}

/** To the process of this route, with the kernel's socket: a connection whose session it has. Where there is no such process, back to where it comes from. */
export interface ConnectionNotice {
  readonly kind: "connection";
  readonly route: string;
  readonly passage: Passage;
}

/** As it travels: programs may send messages of their own on the same way. */
interface Envelope {
  readonly zserver: Notice;
}

export function envelopeOf(notice: Notice): Envelope {
  return { zserver: notice };
}

/** Undefined for a message of the program's own. Who sends is a process of this program, and is believed. */
export function noticeIn(message: unknown): Notice | undefined {
  return typeof message === "object" && message !== null ? (message as Partial<Envelope>).zserver : undefined;
}
