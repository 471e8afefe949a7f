import type { Enum, Message } from "../model/schema.ts";
import type { DescribedSchema } from "./described-schema.ts";

/** Gives places to messages and to closed enums, in the order in which they are first mentioned. */
export class Mentions {
  readonly messages: Message[] = [];
  readonly enums: Enum[] = [];
  readonly #schema: DescribedSchema;
  readonly #places = new Map<string, number>();

  constructor(schema: DescribedSchema) {
    this.#schema = schema;
  }

  message(fullName: string): number {
    return this.#place(fullName, this.messages, () => this.#schema.message(fullName));
  }

  closedEnum(fullName: string): number {
    return this.#place(fullName, this.enums, () => this.#schema.enumeration(fullName));
  }

  #place<T>(fullName: string, list: T[], find: () => T): number {
    const known = this.#places.get(fullName);
    if (known !== undefined) return known;
    this.#places.set(fullName, list.length);
    return list.push(find()) - 1;
  }
}
