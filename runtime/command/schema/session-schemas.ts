import { SchemaMismatch } from "../../../generated/zserver/protocol/v1/negotiation.ts";
import type { CommandError } from "../../errors/command-error.ts";
import { type CommandType, type SchemaRelease, type ServiceType, type Side, serviceInfo } from "../../schema/service-type.ts";
import type { Adaptation } from "../adapter.ts";
import type { CommandUse } from "../registry.ts";
import type { OwnService, OwnServices } from "./own-services.ts";
import { type PeerSchema, peerSchemaOf } from "./peer-schema.ts";
import { absentCommand, type Mismatch, mismatchError, sameAtBoth, type Standing } from "./standing.ts";

const none: readonly never[] = [];

/** Which commands may travel in one session: what is known of the peer's schema, and finding out the rest. */
export abstract class SessionSchemas {
  protected readonly own: OwnServices;
  /** What the peer's code was made from. */
  releases: readonly SchemaRelease[] = none;
  /** The side that this is. */
  readonly #here: Side;
  /** Undefined until one is settled. */
  #standings: Map<string, Standing> | undefined;
  /** Services that were used before the session was open; undefined once it is. */
  #early: readonly ServiceType[] | undefined = none;

  constructor(here: Side, own: OwnServices) {
    this.#here = here;
    this.own = own;
  }

  /** This side is going to call a service of which it does not know what the peer has. */
  protected abstract ask(own: OwnService): void;

  /** The session goes on over another connection. */
  abstract resumed(): void;

  /** The session has ended. */
  abstract stop(): void;

  /** Both sides are open: what was used until now is compared where it must be. */
  open(): void {
    const early = this.#early ?? none;
    this.#early = undefined;
    for (const service of early) this.use(service);
  }

  /** This side is going to call a service. Throws TypeError for one of its own. */
  use(service: ServiceType): void {
    const { name, side } = service[serviceInfo];
    if (side === this.#here) {
      const other = side === "CLIENT" ? "server" : "client";
      throw new TypeError(`use(${name}): the ${other} does not handle this service (its schema says side: ${side})`);
    }
    if (this.#early !== undefined) this.#early = [...this.#early, service];
    else {
      const own = this.own.add(service);
      if (this.standing(own) === undefined) this.ask(own);
    }
  }

  /** Whether this side may call a command. Throws TypeError for one of a service that it has neither named nor used. */
  supports({ name }: CommandType): boolean {
    const own = this.own.get(serviceOf(name));
    if (own === undefined) throw new TypeError(`supports(${name}): name ${serviceOf(name)} in \`services\`, or use it, before asking`);
    return this.standing(own) !== undefined && this.#mismatch(name, "calls") === undefined;
  }

  /** Why a command of the peer must not be called; undefined when it may. */
  callRefusal(command: string): CommandError | undefined {
    return this.#error(this.#mismatch(command, "calls"));
  }

  /** Why a command that the peer calls must not be handled; undefined when it may. */
  handleRefusal(command: string): CommandError | undefined {
    return this.#error(this.#mismatch(command, "handles"));
  }

  /** The form in which the peer calls a command, where that is an earlier one. */
  adaptation(command: string): Adaptation | undefined {
    return this.#standings?.get(serviceOf(command))?.adaptations?.get(command);
  }

  /** Counts the peer's commands of a name that is deprecated here, where somebody wants to know. */
  deprecatedUse(_command: string): CommandUse | undefined {
    return undefined;
  }

  get peerSchema(): PeerSchema {
    return peerSchemaOf(this.releases, this.#standings?.values() ?? [], this.#here);
  }

  /** The peer's release, as far as it is known; empty otherwise. */
  get version(): string {
    return this.releases.find(({ version }) => version !== "")?.version ?? "";
  }

  /** How a service stands; it stays so. */
  settle(standing: Standing): void {
    this.#standings ??= new Map();
    this.#standings.set(standing.own.name, standing);
  }

  /** How a service stands; undefined while nothing is known of it. */
  protected standing(own: OwnService): Standing | undefined {
    const known = this.#standings?.get(own.name);
    if (known !== undefined || !this.#isSame(own)) return known;
    const same = sameAtBoth(own);
    this.settle(same);
    return same;
  }

  /** With code of several schemas a side may have its own version of each service; one that tells none vouches for what it calls. */
  #isSame({ release }: OwnService): boolean {
    const [told, ...more] = this.releases;
    return told === undefined || (more.length === 0 && told.root === release.root);
  }

  #mismatch(command: string, direction: "calls" | "handles"): Mismatch | undefined {
    const standing = this.#standings?.get(serviceOf(command));
    // A peer that had nothing of a service when the session began may come to call it, and has judged then.
    return standing?.absent && direction === "calls" ? absentCommand(command) : standing?.[direction].get(command);
  }

  #error(mismatch: Mismatch | undefined): CommandError | undefined {
    if (mismatch === undefined) return undefined;
    const version = this.own.get(serviceOf(mismatch.command))?.release.version ?? "";
    return mismatchError(mismatch, { version, peerVersion: this.version }, SchemaMismatch);
  }
}

function serviceOf(command: string): string {
  return command.slice(0, command.indexOf("/"));
}
