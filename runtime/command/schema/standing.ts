import {
  type SchemaMismatch,
  SchemaMismatch_Direction as Direction,
  type SchemaMismatchInit,
} from "../../../generated/zserver/protocol/v1/negotiation.ts";
import { CommandError } from "../../errors/command-error.ts";
import { errorDetail } from "../../errors/error-detail.ts";
import type { MessageType } from "../../schema/message-type.ts";
import type { Adaptation } from "../adapter.ts";
import type { OwnService } from "./own-services.ts";

/** Why commands do not travel, by their names on the wire; those that are not there do. */
export type Mismatches = ReadonlyMap<string, Mismatch>;

/** Why a command does not travel. */
export type Mismatch = Pick<SchemaMismatch, "command" | "direction" | "rule" | "field">;

/** How a service of this side relates to what the peer has of it. */
export interface Standing {
  readonly own: OwnService;
  /** The peer has nothing of it. */
  readonly absent: boolean;
  /** Of the commands that this side calls. */
  readonly calls: Mismatches;
  /** Of the commands that the peer calls. */
  readonly handles: Mismatches;
  /** Commands that the peer calls in an earlier form, by their names on the wire. */
  readonly adaptations?: ReadonlyMap<string, Adaptation>;
}

const none: Mismatches = new Map();

export function sameAtBoth(own: OwnService): Standing {
  return { own, absent: false, calls: none, handles: none };
}

export function absentThere(own: OwnService): Standing {
  return { own, absent: true, calls: none, handles: none };
}

export function absentCommand(command: string): Mismatch {
  return { command, direction: Direction.NONE, rule: "ABSENT", field: "" };
}

/** The releases of the two sides. */
export interface Versions {
  readonly version: string;
  readonly peerVersion: string;
}

/** @param detail `SchemaMismatch`, which a page that names no services need not carry */
export function mismatchError(
  { command, direction, rule, field }: Mismatch,
  versions: Versions,
  detail: MessageType<SchemaMismatch, SchemaMismatchInit>,
): CommandError {
  const [own, peers] = [versions.version || "none", versions.peerVersion || "unknown"];
  const where = field === "" ? "" : `, field ${field}`;
  const what = ["one side does not have it", "its requests", "its replies", "its errors"][direction] ?? "";
  const why = direction === Direction.NONE ? what : `${what} would be misread${where}`;
  return new CommandError("SCHEMA_MISMATCH", `${command}: ${why} (${rule}; release of this side: ${own}, of the peer: ${peers})`, {
    outcome: "NOT_RUN",
    command,
    details: [errorDetail(detail, { command, direction, rule, field, ...versions })],
  });
}
