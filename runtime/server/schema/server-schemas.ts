import { SchemaMismatch_Direction as Direction } from "../../../generated/zserver/protocol/v1/negotiation.ts";
import type { Adapter } from "../../command/adapter.ts";
import type { Log } from "../../command/log.ts";
import type { OwnService, OwnServices } from "../../command/schema/own-services.ts";
import { absentCommand, absentThere, type Mismatches, sameAtBoth, type Standing } from "../../command/schema/standing.ts";
import { readDescription } from "../../schema/compatibility/read-description.ts";
import { Relations } from "../../schema/compatibility/relations.ts";
import type { ServiceRelation } from "../../schema/compatibility/service-relation.ts";
import type { ServiceShape } from "../../schema/compatibility/service-shape.ts";
import type { ReleasedSchema } from "../../schema/released-schema.ts";
import { type SchemaRelease, serviceInfo } from "../../schema/service-type.ts";
import { Adapters } from "./adapters.ts";
import { DeprecatedUses } from "./deprecated-uses.ts";
import type { Described, Hash } from "./described.ts";
import { SameOnes } from "../same-ones.ts";
import { KnownDescriptions } from "./known-descriptions.ts";

/** Pairs of descriptions whose relation is remembered: a few releases in the field, each with a few services. */
const REMEMBERED_RELATIONS = 256;

const none: ServiceRelation = new Map();

const directions = { request: Direction.REQUEST, reply: Direction.REPLY, error: Direction.ERROR } as const;

export interface ServerSchemasOptions {
  readonly own: OwnServices;
  readonly hash: Hash;
  readonly releases: readonly ReleasedSchema[];
  readonly adapters: readonly Adapter[];
  readonly log: Log;
}

/** What a server knows of schemas: its own, those of older releases, and those of clients that it has met. It judges for both sides. */
export class ServerSchemas {
  readonly own: OwnServices;
  readonly known: KnownDescriptions;
  readonly deprecated: DeprecatedUses;
  readonly hash: Hash;
  /** What clients say that they are. */
  readonly agents: SameOnes<string> = new SameOnes((one, other) => one === other);
  /** What their code was made from. */
  readonly releases: SameOnes<readonly SchemaRelease[]> = new SameOnes(sameReleases);
  readonly #relations = new Relations(REMEMBERED_RELATIONS);
  readonly #adapters: Adapters;

  /** Throws TypeError for adapters that cannot be. */
  constructor({ own, hash, releases, adapters, log }: ServerSchemasOptions) {
    this.own = own;
    this.deprecated = new DeprecatedUses(log);
    this.hash = hash;
    this.known = new KnownDescriptions(releases);
    this.#adapters = new Adapters(adapters, this.#relations);
  }

  /** How a service stands to what a client has of it; undefined: nothing. */
  judge(own: OwnService, client: Described | undefined): Standing {
    if (client === undefined) return absentThere(own);
    if (client.fingerprint === own.fingerprint) return sameAtBoth(own);
    const { name, fingerprint, service } = own;
    const { side } = service[serviceInfo];
    const shape = (which: string): ServiceShape => readDescription((which === fingerprint ? own : client).bytes);
    // What cannot be called is not judged: a client decides how long judging takes.
    const calls = side === "SERVER" ? none : this.#relations.of(fingerprint, client.fingerprint, shape);
    const handles = side === "CLIENT" ? none : this.#relations.of(client.fingerprint, fingerprint, shape);
    const adaptations = this.#adapters.for(client, handles);
    const unfit = [...mismatchesOf(name, handles)].filter(([command]) => !adaptations.has(command));
    return { own, absent: false, calls: mismatchesOf(name, calls), handles: new Map(unfit), adaptations };
  }
}

function mismatchesOf(service: string, relation: ServiceRelation): Mismatches {
  const mismatches = Array.from(relation, ([name, found]) => {
    const command = `${service}/${name}`;
    if (found.kind === "ok") return undefined;
    if (found.kind === "absent") return absentCommand(command);
    return { command, direction: directions[found.direction], rule: found.rule, field: found.field.join(".") };
  });
  return new Map(mismatches.filter((mismatch) => mismatch !== undefined).map((mismatch) => [mismatch.command, mismatch]));
}

function sameReleases(one: readonly SchemaRelease[], other: readonly SchemaRelease[]): boolean {
  return (
    one.length === other.length && one.every(({ root, version }, index) => root === other[index]!.root && version === other[index]!.version)
  );
}
