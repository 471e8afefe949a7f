import {
  readSchemas,
  type SchemaMismatch,
  type Schemas,
  type SchemasInit,
  writeSchemas,
} from "../../../generated/zserver/protocol/v1/negotiation.ts";
import { fromHex } from "../../bytes/hex.ts";
import type { Reader } from "../../bytes/reader.ts";
import { FINGERPRINT_BYTES } from "../../schema/compatibility/fingerprint.ts";
import { FrameType } from "../../session/frame.ts";
import { ProtocolError } from "../../session/protocol-error.ts";
import type { Peer } from "../peer.ts";
import { readReleases, splitFingerprints } from "./fingerprints.ts";
import type { OwnService, OwnServices } from "./own-services.ts";
import { type ComparingTimes, Questions } from "./questions.ts";
import { SessionSchemas } from "./session-schemas.ts";
import { absentThere, type Mismatches, type Standing } from "./standing.ts";

/** A client tells its server what it has, and hears what may travel: only one side judges, so that the two cannot disagree. */
export class ClientSchemas extends SessionSchemas {
  readonly #peer: Pick<Peer, "control">;
  readonly #named: readonly OwnService[];
  readonly #questions: Questions<OwnService>;

  constructor(own: OwnServices, peer: Peer, times: ComparingTimes) {
    super("CLIENT", own);
    this.#peer = peer;
    this.#named = own.named;
    this.#questions = new Questions(peer, times);
  }

  /** The answer to DESCRIBE. Throws ProtocolError for services that were not named. */
  describe(asked: Uint8Array): SchemasInit {
    return { services: find(asked, this.#named).map(({ bytes }) => bytes), versions: this.own.told().versions };
  }

  /** WELCOME: what the server has of the services that were named; undefined when that is the same. Throws ProtocolError. */
  take(schemas: Schemas | undefined): void {
    this.releases = schemas === undefined ? this.own.releases() : readReleases(schemas.roots, schemas.versions);
    this.#settle(schemas, this.#named);
    this.open();
  }

  /** COMPARED. Throws ProtocolError. */
  compared(body: Reader): void {
    const answer = readSchemas(body, body.end);
    this.#questions.answered((own) => this.#settle(answer, [own]));
  }

  override resumed(): void {
    this.#questions.restart();
  }

  override stop(): void {
    this.#questions.stop();
  }

  protected override ask(own: OwnService): void {
    const { bytes, release } = own;
    const told = { services: [bytes], roots: fromHex(release.root), versions: [release.version] };
    this.#questions.ask(own, () => this.#peer.control(FrameType.COMPARE, (writer) => writeSchemas(writer, told)));
  }

  #settle(answer: Schemas | undefined, services: readonly OwnService[]): void {
    const absent = find(answer?.absent ?? new Uint8Array(), services);
    const calls = byCommand(answer?.refused);
    const handles = byCommand(answer?.avoided);
    for (const own of services) {
      const standing: Standing = absent.includes(own) ? absentThere(own) : { own, absent: false, calls, handles };
      this.settle(standing);
    }
  }
}

/** Throws ProtocolError for others than these services. */
function find(fingerprints: Uint8Array, services: readonly OwnService[]): readonly OwnService[] {
  return splitFingerprints(fingerprints, FINGERPRINT_BYTES, services.length).map((fingerprint) => {
    const found = services.find((service) => service.fingerprint === fingerprint);
    if (found === undefined) throw new ProtocolError(`${fingerprint} is no service that was named`);
    return found;
  });
}

function byCommand(mismatches: readonly SchemaMismatch[] = []): Mismatches {
  return new Map(mismatches.map((mismatch) => [mismatch.command, mismatch]));
}
