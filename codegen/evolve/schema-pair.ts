import { DescribedSchema } from "../describe/described-schema.ts";
import type { Command, Enum, EnumValue, Extension, Field, File, Message, Position, Schema, Service } from "../model/schema.ts";
import { enumsOf, extensionsOf, messagesOf } from "../model/walk.ts";
import { withMapEntries } from "./map-entries.ts";

/** One state of a schema, everything in it found by its full name. */
export class SchemaIndex {
  /** What peers are told of it. */
  readonly described: DescribedSchema;
  readonly files: ReadonlyMap<string, File>;
  readonly messages: ReadonlyMap<string, Placed<Message>>;
  readonly enums: ReadonlyMap<string, Placed<Enum>>;
  readonly services: ReadonlyMap<string, Placed<Service>>;
  readonly extensions: ReadonlyMap<string, Placed<Extension>>;

  /** Only files that were asked for: what they import is somebody else's. */
  constructor(schema: Schema) {
    this.described = new DescribedSchema(schema);
    const files = schema.files
      .filter(({ requested }) => requested)
      .map((file) => ({ ...file, messages: file.messages.map(withMapEntries) }));
    this.files = new Map(files.map((file) => [file.name, file]));
    this.messages = index(files, messagesOf);
    this.enums = index(files, enumsOf);
    this.services = index(files, ({ services }) => services);
    this.extensions = index(files, extensionsOf);
  }

  packages(): ReadonlySet<string> {
    return new Set([...this.files.values()].map((file) => file.package));
  }
}

/** An element and the file that declares it. */
export interface Placed<T> {
  readonly file: File;
  readonly element: T;
}

function index<T extends { readonly fullName: string }>(
  files: readonly File[],
  elements: (file: File) => Iterable<T>,
): ReadonlyMap<string, Placed<T>> {
  return new Map(files.flatMap((file) => [...elements(file)].map((element) => [element.fullName, { file, element }] as const)));
}

/** An element before and after. */
export interface Pair<T> {
  readonly before: T;
  readonly after: T;
}

/** Two states of a schema. */
export interface SchemaPair {
  readonly before: SchemaIndex;
  readonly after: SchemaIndex;
  /** Full names of commands that a release had and a later one has not. */
  readonly retired: ReadonlySet<string>;
}

function* pairs<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Generator<Pair<T>> {
  for (const [name, element] of before) {
    const there = after.get(name);
    if (there !== undefined) yield { before: element, after: there };
  }
}

const elements = <T>({ before, after }: Pair<Placed<T>>): Pair<T> => ({ before: before.element, after: after.element });

export const filePairs = ({ before, after }: SchemaPair): Iterable<Pair<File>> => pairs(before.files, after.files);

export function* messagePairs({ before, after }: SchemaPair): Generator<Pair<Message>> {
  for (const pair of pairs(before.messages, after.messages)) yield elements(pair);
}

export function* enumPairs({ before, after }: SchemaPair): Generator<Pair<Enum>> {
  for (const pair of pairs(before.enums, after.enums)) yield elements(pair);
}

export function* servicePairs({ before, after }: SchemaPair): Generator<Pair<Service>> {
  for (const pair of pairs(before.services, after.services)) yield elements(pair);
}

/** Commands of the same full name. */
export function* commandPairs(schemas: SchemaPair): Generator<Pair<Command>> {
  for (const { before, after } of servicePairs(schemas)) {
    const names = new Map(after.commands.map((command) => [command.name, command]));
    for (const command of before.commands) {
      const there = names.get(command.name);
      if (there !== undefined) yield { before: command, after: there };
    }
  }
}

/** Fields of the same number in the same message, and extensions of the same name. */
export function* fieldPairs(schemas: SchemaPair): Generator<Pair<Field>> {
  for (const { before, after } of messagePairs(schemas)) {
    const numbers = new Map(after.fields.map((field) => [field.number, field]));
    for (const field of before.fields) {
      const there = numbers.get(field.number);
      if (there !== undefined) yield { before: field, after: there };
    }
  }
  for (const pair of pairs(schemas.before.extensions, schemas.after.extensions)) {
    const { before, after } = elements(pair);
    if (before.number === after.number && before.extendee === after.extendee) yield { before, after };
  }
}

/** The values of an enum by number: several where names share one. */
export function valuesByNumber({ values }: Enum): ReadonlyMap<number, readonly EnumValue[]> {
  const numbers = new Map<number, EnumValue[]>();
  for (const value of values) numbers.set(value.number, [...(numbers.get(value.number) ?? []), value]);
  return numbers;
}

/** A command with its service, as people speak of it. */
export const shortName = ({ fullName }: Command): string => fullName.split(".").slice(-2).join(".");

/** Where a file begins: for what is not there any more. */
export const topOf = (file: string): Position => ({ file, line: 1, column: 1 });
