import type { Option, OptionValue } from "../../model/schema.ts";

/** A message as an option's value: without a prototype, so that no field's name can mean anything else. */
export interface OptionMessage {
  [field: string]: OptionValue;
}

/** The options of one element, resolved and checked. */
export interface ResolvedOptions {
  /** As written, one entry per statement. */
  readonly list: readonly Option[];
  /** All of them merged into one message; extensions under `[full.name]`. */
  readonly values: Readonly<OptionMessage>;
}

export const noOptions: ResolvedOptions = Object.freeze({ list: Object.freeze([]), values: Object.freeze(emptyMessage()) });

/** Whether the element itself says `deprecated = true`. */
export function isDeprecated({ values }: ResolvedOptions): boolean {
  return values.deprecated === true;
}

export function emptyMessage(): OptionMessage {
  return Object.create(null) as OptionMessage;
}

/** Adds an entry to the repeated option `name`. */
export function append(message: OptionMessage, name: string, value: OptionValue): void {
  const list = message[name];
  if (Array.isArray(list)) list.push(value);
  else message[name] = [value];
}

export function isOptionMessage(value: OptionValue | undefined): value is OptionMessage {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** The message-typed option `name`, empty where it is not set. */
export function messageOption(options: ResolvedOptions, name: string): Readonly<OptionMessage> {
  const value = options.values[name];
  return isOptionMessage(value) ? value : noOptions.values;
}
