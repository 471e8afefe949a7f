import type { Adaptation, Adapter } from "../../command/adapter.ts";
import { OwnService } from "../../command/schema/own-services.ts";
import { MessageRelation } from "../../schema/compatibility/message-relation.ts";
import { readDescription } from "../../schema/compatibility/read-description.ts";
import type { Relations } from "../../schema/compatibility/relations.ts";
import type { CommandRelation, ServiceRelation } from "../../schema/compatibility/service-relation.ts";
import type { Described } from "./described.ts";

/** Commands in the form that one client has of them, by their names on the wire. */
export type Adaptations = ReadonlyMap<string, Adaptation>;

const none: Adaptations = new Map();

interface Earlier {
  readonly adapter: Adapter;
  /** The service as it was. */
  readonly service: OwnService;
}

/** What a server has for clients with earlier versions of its services. */
export class Adapters {
  readonly #earlier = new Map<string, Earlier[]>();
  readonly #relations: Relations;

  /** Throws TypeError for an adapter whose clients would misread what stays as it is: details of errors. */
  constructor(adapters: readonly Adapter[], relations: Relations) {
    this.#relations = relations;
    for (const adapter of adapters) {
      const earlier = { adapter, service: new OwnService(adapter.from) };
      checkDetails(earlier);
      const others = this.#earlier.get(earlier.service.name);
      if (others === undefined) this.#earlier.set(earlier.service.name, [earlier]);
      else others.push(earlier);
    }
  }

  /**
   * What serves a client of the commands that it could not call as they are: the first adapter with a form that fits.
   *
   * @param relation of the client's commands to the present ones
   */
  for(client: Described, relation: ServiceRelation): Adaptations {
    const earlier = this.#earlier.get(client.name);
    if (earlier === undefined) return none;
    const broken = [...relation].filter(([, { kind }]) => kind === "mismatch").map(([name]) => name);
    return new Map(broken.flatMap((name) => this.#find(client, name, earlier)));
  }

  #find(client: Described, name: string, earlier: readonly Earlier[]): readonly (readonly [string, Adaptation])[] {
    const command = `${client.name}/${name}`;
    for (const { adapter, service } of earlier) {
      const adaptation = adapter.commands.get(command);
      if (adaptation !== undefined && this.#relate(client, service, name)?.kind === "ok") return [[command, adaptation]];
    }
    return [];
  }

  #relate(client: Described, service: OwnService, name: string): CommandRelation | undefined {
    const shape = (fingerprint: string) => readDescription((fingerprint === service.fingerprint ? service : client).bytes);
    return this.#relations.of(client.fingerprint, service.fingerprint, shape).get(name);
  }
}

/** Handlers throw details of the present schema, whomever they answer. */
function checkDetails({ adapter, service }: Earlier): void {
  const [now, then] = [new OwnService(adapter.to), service].map(({ bytes }) => readDescription(bytes));
  const relation = new MessageRelation(now!, then!);
  for (const name of adapter.commands.keys()) {
    const [present, past] = [now, then].map((shape) => shape!.commands.get(name.slice(name.indexOf("/") + 1))!.errors);
    for (const [detail, place] of past!) {
      const written = present!.get(detail);
      const mismatch = written === undefined ? undefined : relation.canRead(written, place);
      if (mismatch !== undefined)
        throw new TypeError(
          `adapters: clients of that version would misread the detail ${detail} of ${name}, field ${mismatch.field.join(".")} (${mismatch.rule})`,
        );
    }
  }
}
