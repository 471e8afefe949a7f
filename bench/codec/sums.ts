/** Reads every field of a decoded message and returns a sum that depends on each, so that no contender is spared a field that it decodes lazily. */

import type { Address, Customer, Event, Order, Payment, Readings, Review } from "./messages.ts";

/** A decoded order: what may be absent is null with some contenders, undefined with others. */
export type DecodedOrder<Long> = Omit<Order<Long>, "customer" | "note" | "payment"> & {
  readonly customer?: (Omit<Customer, "shipping"> & { readonly shipping?: Address | null | undefined }) | null | undefined;
  readonly note?: string | null | undefined;
  readonly payment?: Payment | null | undefined;
};

/** @param low the low 20 bits of a 64-bit number, as the contender has it */
export function sumEvent<Long>(message: Event<Long>, low: (value: Long) => number): number {
  const { order, kind, actor, atMs, final, change } = message;
  return order + kind.length + actor.length + low(atMs) + (final ? 1 : 0) + change;
}

export function sumOrder<Long>(message: DecodedOrder<Long>, low: (value: Long) => number): number {
  const { customer, payment, note } = message;
  let sum = low(message.id) + low(message.orderedAtMs) + message.status + (note?.length ?? 0);
  if (customer != null) {
    const { shipping } = customer;
    sum += customer.id + customer.name.length + customer.email.length;
    if (shipping != null) sum += shipping.street.length + shipping.city.length + shipping.postcode.length + shipping.country.length;
  }
  for (const line of message.lines) sum += line.article.length + line.name.length + line.quantity + line.priceCents + line.weight;
  for (const label of message.labels) sum += label.length;
  if (payment == null) return sum;
  return sum + payment.method.length + payment.currency.length + payment.totalCents + (payment.confirmed ? 1 : 0) + payment.receipt[15]!;
}

export function sumReadings({ sensor, temperatures, intervals, changes }: Readings): number {
  return sensor + sumOfDoubles(temperatures) + sumOfIntegers(intervals) + sumOfIntegers(changes);
}

/** Four sums at a time: in one, each addition waits for the one before, which takes longer than some decode. */
function sumOfDoubles(list: readonly number[]): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < list.length; i += 4) {
    a += list[i]!;
    b += list[i + 1]!;
    c += list[i + 2]!;
    d += list[i + 3]!;
  }
  return a + b + c + d;
}

/** In a function of its own: where one reads integers and doubles, V8 rewrites every list of integers as one of doubles first. */
function sumOfIntegers(list: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < list.length; i++) sum = (sum + list[i]!) | 0;
  return sum;
}

/** The last character of the long text shows that it arrived whole. */
export function sumReview(message: Review): number {
  let sum =
    message.id + message.article.length + message.title.length + message.text.length + message.text.charCodeAt(message.text.length - 1);
  for (const topic of message.topics) sum += topic.length;
  for (const answer of message.answers) sum += answer.author.length + answer.text.length;
  return sum;
}

// A remainder of a double takes longer than some read a field, so neither takes one.
/** The low 20 bits of a number up to 2⁵³. */
export const lowOfNumber = (value: number): number => value & 0xfffff;
/** The low 20 bits of a bigint. */
export const lowOfBigint = (value: bigint): number => Number(BigInt.asUintN(20, value));
