import { readSchemas, type Schemas, type SchemasInit, writeSchemas } from "../../../generated/zserver/protocol/v1/negotiation.ts";
import type { ClientHello } from "../../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../../bytes/reader.ts";
import type { CommandUse } from "../../command/registry.ts";
import type { Peer } from "../../command/peer.ts";
import { joinFingerprints, NAMED_SERVICES, readReleases } from "../../command/schema/fingerprints.ts";
import type { OwnService } from "../../command/schema/own-services.ts";
import { SessionSchemas } from "../../command/schema/session-schemas.ts";
import { absentThere, type Mismatch, type Standing } from "../../command/schema/standing.ts";
import { DESCRIPTIONS_BYTES, FrameType } from "../../session/frame.ts";
import type { PeerSchema } from "../../command/schema/peer-schema.ts";
import { ProtocolError } from "../../session/protocol-error.ts";
import { ClientServices } from "./client-services.ts";
import { type Described, readDescribed } from "./described.ts";
import type { ServerSchemas } from "./server-schemas.ts";

/** What WELCOME and COMPARED may say of commands that are not called. Beyond it a service is told as absent. */
const TOLD_BYTES = DESCRIPTIONS_BYTES - 32_768;

/** What a server knows of one client's schemas: it judges what travels, and tells the client. */
export class ServerSessionSchemas extends SessionSchemas {
  readonly #schemas: ServerSchemas;
  readonly #peer: Pick<Peer, "control">;
  #comparisons = 0;
  /** Undefined until the client has compared one. */
  #compared: Set<OwnService> | undefined;
  /** What the client named; undefined once nothing has to be known of it any more. */
  #named: ClientServices | undefined;
  #agent = "";
  /** The client has code of the server's own schema: so many of its services, the first ones, are the same in both. */
  #same = 0;

  constructor(schemas: ServerSchemas, peer: Pick<Peer, "control">) {
    super("SERVER", schemas.own);
    this.#schemas = schemas;
    this.#peer = peer;
  }

  /** What the client names. Throws ProtocolError. */
  hear(hello: ClientHello): void {
    this.#agent = this.#schemas.agents.same(hello.agent);
    this.#named = new ClientServices(this.#schemas, hello);
  }

  /** What the client must describe, fingerprint behind fingerprint. */
  unknown(): Uint8Array {
    return this.#named!.unknown();
  }

  /** The client's descriptions of that. Throws ProtocolError, and CommandError for descriptions that are none. */
  take(descriptions: Schemas): void {
    this.#named!.take(descriptions);
  }

  /** Judges all that the client named, and returns what it is told; undefined when all is the same. */
  answer(): SchemasInit | undefined {
    const named = this.#named!;
    this.releases = this.#schemas.releases.same(named.same ? this.own.releases() : named.releases());
    if (named.same) {
      this.#same = this.own.size;
      this.#named = undefined;
      return undefined;
    }
    if (named.none) this.#named = undefined;
    const { roots, versions } = this.own.told();
    return { roots, versions, ...this.#judge(named.described()) };
  }

  /** COMPARE: the client is going to call a service that it did not name. Throws ProtocolError, and CommandError for a description that is none. */
  compare(body: Reader): void {
    const { services, roots, versions } = readSchemas(body, body.end);
    const [bytes] = services;
    if (bytes === undefined || services.length > 1 || ++this.#comparisons > NAMED_SERVICES)
      throw new ProtocolError("a comparison of more or fewer services than may be");
    const described = readDescribed(bytes, this.#schemas.hash);
    this.#compareOnce(described);
    const releases = readReleases(roots, versions);
    // One that told nothing until now.
    if (this.releases.length === 0) this.releases = releases;
    const told = this.#judge([[described.fingerprint, described]]);
    this.#peer.control(FrameType.COMPARED, (writer) => writeSchemas(writer, told));
  }

  override deprecatedUse(command: string): CommandUse {
    return this.#schemas.deprecated.of(command, this.version || this.#agent);
  }

  /** That services are the same is not settled before somebody asks: nearly all clients of a server have its schema, and nobody asks. */
  override get peerSchema(): PeerSchema {
    for (const own of [...this.own.values()].slice(0, this.#same)) this.standing(own);
    return super.peerSchema;
  }

  override resumed(): void {}

  override stop(): void {}

  protected override standing(own: OwnService): Standing | undefined {
    const known = super.standing(own);
    if (known !== undefined) return known;
    const described = this.#named?.find(own);
    if (described !== undefined) this.settle(this.#schemas.judge(own, described));
    return described && super.standing(own);
  }

  /** A client names what it handles. */
  protected override ask(own: OwnService): void {
    this.settle(absentThere(own));
  }

  /** Judging takes time: as much for one client as there are services. Throws ProtocolError. */
  #compareOnce({ name }: Described): void {
    const own = this.own.get(name);
    if (own === undefined) return;
    this.#compared ??= new Set();
    if (this.#compared.has(own)) throw new ProtocolError(`${name} is compared twice`);
    this.#compared.add(own);
  }

  #judge(services: Iterable<readonly [fingerprint: string, described: Described]>): SchemasInit {
    const told = { absent: [] as string[], refused: [] as Mismatch[], avoided: [] as Mismatch[] };
    let room = TOLD_BYTES;
    for (const [fingerprint, described] of services) {
      const own = this.own.get(described.name);
      const standing = own && this.#schemas.judge(own, described);
      room -= standing === undefined ? 0 : bytesOf(standing);
      // What was settled first holds.
      if (standing !== undefined && super.standing(standing.own) === undefined) this.settle(standing);
      if (standing === undefined || room < 0) told.absent.push(fingerprint);
      else {
        told.refused.push(...standing.handles.values());
        told.avoided.push(...standing.calls.values());
      }
    }
    return { absent: joinFingerprints(told.absent), refused: told.refused, avoided: told.avoided };
  }
}

/** At most: a unit of a name takes three bytes, all else of a mismatch but its field 64. */
function bytesOf({ calls, handles }: Standing): number {
  return [...calls.values(), ...handles.values()].reduce((sum, { command, field }) => sum + 3 * command.length + field.length + 64, 0);
}
