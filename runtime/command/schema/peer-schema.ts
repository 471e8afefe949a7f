import { type CommandKind, type CommandType, type SchemaRelease, serviceInfo, type Side } from "../../schema/service-type.ts";
import { absentCommand, type Mismatch, type Standing } from "./standing.ts";

/** What is known of the schema of a session's peer. */
export interface PeerSchema {
  /** The release that the peer's code was generated from, for example "1.4.0"; empty when it is none, or not known. */
  readonly release: string;
  /** Its root fingerprint, 32 hexadecimal digits; empty when the peer did not say. */
  readonly root: string;
  /** The services of this side of which it is known what the peer has. */
  readonly services: readonly PeerService[];
}

/** What the peer has of one service. */
export interface PeerService {
  readonly name: string;
  readonly commands: readonly PeerCommand[];
}

/** A command of this side's schema. */
export interface PeerCommand {
  /** On the wire: `package.Service/Command`. */
  readonly name: string;
  readonly kind: CommandKind;
  /** Whether it can travel between the two sides. */
  readonly ok: boolean;
  /** Why not; undefined when it can. */
  readonly mismatch: CommandMismatch | undefined;
}

/** Why a command cannot travel between two sides. */
export interface CommandMismatch {
  /** What would be misread; undefined when one side does not have the command. */
  readonly direction: "request" | "reply" | "error" | undefined;
  /** The rule of docs/PROTOCOL.md, "Schema descriptions", or ABSENT. */
  readonly rule: string;
  /** The numbers of the fields that lead to the one at fault, with dots between them; empty when it is none. */
  readonly field: string;
}

/** @param here the side that asks */
export function peerSchemaOf(releases: readonly SchemaRelease[], standings: Iterable<Standing>, here: Side): PeerSchema {
  return {
    release: releases.find(({ version }) => version !== "")?.version ?? "",
    root: releases[0]?.root ?? "",
    services: Array.from(standings, (standing) => serviceOf(standing, here)),
  };
}

function serviceOf({ own, absent, calls, handles }: Standing, here: Side): PeerService {
  const mismatches = own.service[serviceInfo].side === here ? handles : calls;
  const commands = Object.values(own.service.commands as Record<string, CommandType>).map(({ name, kind }): PeerCommand => {
    const found = absent ? absentCommand(name) : mismatches.get(name);
    return { name, kind, ok: found === undefined, mismatch: found && mismatchOf(found) };
  });
  return { name: own.name, commands };
}

function mismatchOf({ direction, rule, field }: Mismatch): CommandMismatch {
  return { direction: [undefined, "request", "reply", "error"][direction] as CommandMismatch["direction"], rule, field };
}
