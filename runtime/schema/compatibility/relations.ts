import { relate, type ServiceRelation } from "./service-relation.ts";
import type { ServiceShape } from "./service-shape.ts";

/** Relations of the last pairs of descriptions that met: a thousand clients of one release cost one comparison. */
export class Relations {
  readonly #relations = new Map<string, ServiceRelation>();
  readonly #capacity: number;

  /** @param capacity pairs that are remembered; the one that was not asked for the longest goes first */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The relation of a caller's commands to a handler's; `describe` is asked for what is not remembered. */
  of(caller: string, handler: string, describe: (fingerprint: string) => ServiceShape): ServiceRelation {
    const key = `${caller} ${handler}`;
    const relation = this.#relations.get(key) ?? relate(describe(caller), describe(handler));
    this.#relations.delete(key);
    this.#relations.set(key, relation);
    if (this.#relations.size > this.#capacity) this.#relations.delete(this.#relations.keys().next().value!);
    return relation;
  }
}
