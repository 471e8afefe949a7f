import type { Schemas } from "../../../generated/zserver/protocol/v1/negotiation.ts";
import type { ClientHello } from "../../../generated/zserver/protocol/v1/session.ts";
import { joinFingerprints, NAMED_ROOTS, NAMED_SERVICES, readReleases, splitFingerprints } from "../../command/schema/fingerprints.ts";
import type { OwnService } from "../../command/schema/own-services.ts";
import { FINGERPRINT_BYTES, ROOT_BYTES } from "../../schema/compatibility/fingerprint.ts";
import type { SchemaRelease } from "../../schema/service-type.ts";
import { ProtocolError } from "../../session/protocol-error.ts";
import { type Described, readDescribed } from "./described.ts";
import type { ServerSchemas } from "./server-schemas.ts";

/** The services that a client names in its hello, and what is known of each. */
export class ClientServices {
  /** Each side has code of one schema, the same. */
  readonly same: boolean;
  readonly #schemas: ServerSchemas;
  readonly #roots: readonly string[];
  readonly #services: readonly string[];
  /** By fingerprint. */
  readonly #described = new Map<string, Described>();
  #asked: readonly string[] = [];
  #versions: readonly string[] = [];

  /** Throws ProtocolError. */
  constructor(schemas: ServerSchemas, { roots, services }: Pick<ClientHello, "roots" | "services">) {
    this.#schemas = schemas;
    this.#roots = splitFingerprints(roots, ROOT_BYTES, NAMED_ROOTS);
    this.#services = splitFingerprints(services, FINGERPRINT_BYTES, NAMED_SERVICES);
    const [own, ...more] = schemas.own.releases();
    this.same = own !== undefined && more.length === 0 && this.#roots.length === 1 && this.#roots[0] === own.root;
  }

  /** It named no service. */
  get none(): boolean {
    return this.#services.length === 0;
  }

  /** The fingerprints of what the client must describe. What is known now is not looked up again. */
  unknown(): Uint8Array {
    if (this.same) return new Uint8Array();
    const { own, known } = this.#schemas;
    const mine = new Map(Array.from(own.values(), (service) => [service.fingerprint, service]));
    for (const fingerprint of this.#services) {
      const described = mine.get(fingerprint) ?? known.get(fingerprint);
      if (described !== undefined) this.#described.set(fingerprint, described);
    }
    this.#asked = this.#services.filter((fingerprint) => !this.#described.has(fingerprint));
    return joinFingerprints(this.#asked);
  }

  /** The client's descriptions of that. Throws ProtocolError, and CommandError for descriptions that are none. */
  take({ services, versions }: Schemas): void {
    if (services.length !== this.#asked.length)
      throw new ProtocolError(`${services.length} services are described; ${this.#asked.length} were asked for`);
    for (const [index, bytes] of services.entries()) {
      const described = readDescribed(bytes, this.#schemas.hash);
      const asked = this.#asked[index]!;
      if (described.fingerprint !== asked) throw new ProtocolError(`a description is of ${described.fingerprint}, not of ${asked}`);
      this.#described.set(asked, this.#schemas.known.remember(described));
    }
    const names = new Set(Array.from(this.#described.values(), ({ name }) => name));
    if (names.size < this.#described.size) throw new ProtocolError("a service is described twice");
    this.#versions = readReleases(joinFingerprints(this.#roots), versions).map(({ version }) => version);
  }

  /** What the client's code was made from. */
  releases(): readonly SchemaRelease[] {
    const own = new Map(this.#schemas.own.releases().map(({ root, version }) => [root, version]));
    return this.#roots.map((root, index) => ({
      root,
      version: own.get(root) ?? this.#schemas.known.versions.get(root) ?? this.#versions[index] ?? "",
    }));
  }

  /** What the client named, by fingerprint. Of two versions of one service, which only a client that breaks the protocol names, the first counts. */
  described(): Iterable<readonly [fingerprint: string, described: Described]> {
    const names = new Map(Array.from(this.#described.values(), ({ name, fingerprint }) => [name, fingerprint] as const).reverse());
    return [...this.#described].filter(([fingerprint, { name }]) => names.get(name) === fingerprint);
  }

  /** What the client has of a service, if it named it. */
  find(own: OwnService): Described | undefined {
    return [...this.#described.values()].find(({ name }) => name === own.name);
  }
}
