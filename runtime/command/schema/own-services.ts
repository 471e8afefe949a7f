import { type SchemaRelease, type ServiceType, serviceInfo } from "../../schema/service-type.ts";
import { joinFingerprints, NAMED_ROOTS, NAMED_SERVICES } from "./fingerprints.ts";

/** A service of this side's own schema. */
export class OwnService {
  readonly service: ServiceType;
  #bytes: Uint8Array | undefined;

  constructor(service: ServiceType) {
    this.service = service;
  }

  get name(): string {
    return this.service[serviceInfo].name;
  }

  get fingerprint(): string {
    return this.service[serviceInfo].schema.fingerprint;
  }

  get release(): SchemaRelease {
    return this.service[serviceInfo].schema.release;
  }

  /** Decoded when a peer's is another. */
  get bytes(): Uint8Array {
    this.#bytes ??= Uint8Array.from(atob(this.service[serviceInfo].schema.description), (byte) => byte.charCodeAt(0));
    return this.#bytes;
  }
}

/** The services that one call of `serve` or `connect` handles, names or uses, each once. */
export class OwnServices {
  readonly #services = new Map<string, OwnService>();

  /** @param services what it handles and names */
  constructor(services: Iterable<ServiceType>) {
    for (const service of services) this.add(service);
  }

  add(service: ServiceType): OwnService {
    const own = this.#services.get(service[serviceInfo].name) ?? new OwnService(service);
    this.#services.set(own.name, own);
    return own;
  }

  get(name: string): OwnService | undefined {
    return this.#services.get(name);
  }

  get size(): number {
    return this.#services.size;
  }

  values(): Iterable<OwnService> {
    return this.#services.values();
  }

  /** The states of the schemas that they come from, each once. */
  releases(): readonly SchemaRelease[] {
    return [...new Map([...this.#services.values()].map(({ release }) => [release.root, release])).values()];
  }

  /** Those that a client names in its hello: what it handles, and what it says it will call. */
  get named(): readonly OwnService[] {
    return [...this.#services.values()].slice(0, NAMED_SERVICES);
  }

  /** What its hello says of them. */
  hello(): { readonly roots: Uint8Array; readonly services: Uint8Array } {
    return { roots: this.told().roots, services: joinFingerprints(this.named.map(({ fingerprint }) => fingerprint)) };
  }

  /** What peers are told of the schemas that they come from. */
  told(): { readonly roots: Uint8Array; readonly versions: readonly string[] } {
    const releases = this.releases().slice(0, NAMED_ROOTS);
    return { roots: joinFingerprints(releases.map(({ root }) => root)), versions: releases.map(({ version }) => version) };
  }
}
