import { FieldType } from "../../../generated/zserver/protocol/v1/schema.ts";
import { compareFields, eachField, type FieldFailure, type Rule } from "./compare-fields.ts";
import type { ServiceShape } from "./service-shape.ts";

/** The first reason why a message is not read rightly. */
export interface Mismatch {
  readonly rule: Rule;
  /** The numbers of the fields that lead from the message to the one that is meant. */
  readonly field: readonly number[];
}

/** A message that is written, the one that it is read as, and what is wrong with the fields of these two. Messages are given by their places. */
export interface MessagePair {
  readonly writer: number;
  readonly reader: number;
  readonly failures: readonly FieldFailure[];
}

interface Pair extends MessagePair {
  readonly holders: { readonly pair: Pair; readonly field: number }[];
  /** Set when something is wrong with it, or with what it holds in a field. */
  broken: { readonly rule: Rule; readonly field: number; readonly held: Pair | undefined } | undefined;
}

/**
 * What comparing two services may take. A description may be made so that each of its messages meets each of ours; of honest ones each meets its like, or a
 * few, which is two or three steps for each field.
 */
const STEPS = 8_192;
const STEPS_A_FIELD = 16;

/** What it takes that two messages meet, besides their fields. */
const STEPS_A_PAIR = 4;

/** Numbers in the path of a mismatch: a peer may nest its messages as it likes. */
const MAX_PATH = 32;

/**
 * Which messages of a writing side a reading side reads rightly. Every two messages that meet are looked at once, and without recursion: what is wrong
 * with them is wrong with all that hold them, so that a message that holds itself is right unless something else is wrong.
 */
export class MessageRelation {
  readonly #writer: ServiceShape;
  readonly #reader: ServiceShape;
  readonly #pairs = new Map<number, Pair>();
  readonly #enums = new Map<number, Rule | undefined>();
  #steps: number;

  constructor(writer: ServiceShape, reader: ServiceShape) {
    this.#writer = writer;
    this.#reader = reader;
    this.#steps = STEPS + STEPS_A_FIELD * Math.min(sizeOf(writer), sizeOf(reader));
  }

  /** Why the reader cannot read the writer's message as its own; undefined when it can. Messages are given by their places. */
  canRead(writer: number, reader: number): Mismatch | undefined {
    const pair = this.#known(writer, reader) ?? this.#explore(writer, reader);
    // From then on nothing more is known of pairs that were met.
    return this.#steps < 0 ? tooComplex : mismatchOf(pair);
  }

  /** The messages that met so far. */
  pairs(): Iterable<MessagePair> {
    return this.#pairs.values();
  }

  #known(writer: number, reader: number): Pair | undefined {
    return this.#pairs.get(writer * this.#reader.messages.length + reader);
  }

  /** Looks at two messages, and at all that they lead to. */
  #explore(writer: number, reader: number): Pair {
    const start = this.#compare(writer, reader);
    const found = [start];
    const broken = new Set<Pair>();
    // Both grow while they are walked through.
    for (const pair of found) {
      if (this.#steps < 0) return start;
      this.#eachHeld(pair, (field, writer, reader) => {
        const known = this.#known(writer, reader);
        const held = known ?? this.#compare(writer, reader);
        if (known === undefined) found.push(held);
        if (held.broken !== undefined) broken.add(held);
        held.holders.push({ pair, field });
      });
    }
    for (const held of broken) {
      for (const { pair, field } of held.holders) {
        if (pair.broken !== undefined) continue;
        pair.broken = { rule: held.broken!.rule, field, held };
        broken.add(pair);
      }
    }
    return start;
  }

  #compare(writer: number, reader: number): Pair {
    const written = this.#writer.messages[writer]!;
    const read = this.#reader.messages[reader]!;
    const failures: readonly FieldFailure[] = this.#spend(STEPS_A_PAIR + written.length + read.length)
      ? compareFields(written, read, (writer, reader) => this.#compareEnums(writer, reader))
      : [{ rule: "COMPLEXITY", field: 0 }];
    const [first] = failures;
    const pair: Pair = { writer, reader, failures, holders: [], broken: first && { ...first, held: undefined } };
    this.#pairs.set(writer * this.#reader.messages.length + reader, pair);
    return pair;
  }

  #compareEnums(writer: number, reader: number): Rule | undefined {
    const key = writer * this.#reader.enums.length + reader;
    if (this.#enums.has(key)) return this.#enums.get(key);
    const written = this.#writer.enums[writer]!;
    const read = this.#reader.enums[reader]!;
    const rule = this.#spend(written.length + read.length) ? (isSubset(written, read) ? undefined : "ENUM_VALUES") : "COMPLEXITY";
    this.#enums.set(key, rule);
    return rule;
  }

  #spend(steps: number): boolean {
    this.#steps -= steps;
    return this.#steps >= 0;
  }

  /** Visits the messages that two hold in the same field. */
  #eachHeld({ writer, reader }: Pair, visit: (field: number, writer: number, reader: number) => void): void {
    eachField(this.#writer.messages[writer]!, this.#reader.messages[reader]!, (written, read) => {
      if (written?.type !== read.type || (read.type !== FieldType.MESSAGE && read.type !== FieldType.GROUP)) return;
      visit(read.number, written.place, read.place);
    });
  }
}

/** Fields, and numbers of enums. */
function sizeOf({ messages, enums }: ServiceShape): number {
  return [...messages, ...enums].reduce((sum, { length }) => sum + length, 0);
}

const tooComplex: Mismatch = { rule: "COMPLEXITY", field: [] };

function mismatchOf({ broken }: Pair): Mismatch | undefined {
  if (broken === undefined) return undefined;
  const field: number[] = [];
  for (let at: Pair["broken"] = broken; at !== undefined && field.length < MAX_PATH; at = at.held?.broken) field.push(at.field);
  return { rule: broken.rule, field };
}

/** Of two ascending lists. */
function isSubset(numbers: readonly number[], of: readonly number[]): boolean {
  let at = 0;
  return numbers.every((number) => {
    while (at < of.length && of[at]! < number) at++;
    return of[at] === number;
  });
}
