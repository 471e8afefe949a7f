/** The four messages read in straight lines: a field that is unknown is not skipped, nothing is counted, no length is compared. */
import type { Address, Customer, Event, Order, Payment, Readings, Review } from "../messages.ts";
import type { DecodedOrder } from "../sums.ts";
import {
  at,
  begin,
  takeAscii,
  takeByte,
  takeBytes,
  takeDouble,
  takeDoubles,
  takeUtf8,
  takeVarint,
  takeVarint64,
  takeZigzag,
} from "./take.ts";

type Line = Order<bigint>["lines"][number];
type Answer = Review["answers"][number];
/** An object under construction. */
type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

export function decodeEvent(bytes: Uint8Array): Event<bigint> {
  begin(bytes, true);
  const message: Draft<Event<bigint>> = { order: 0, kind: "", actor: "", atMs: 0n, final: false, change: 0 };
  while (at() < bytes.length) {
    const tag = takeByte(bytes);
    if (tag === 8) message.order = takeVarint(bytes);
    else if (tag === 18) message.kind = takeAscii(bytes);
    else if (tag === 26) message.actor = takeAscii(bytes);
    else if (tag === 32) message.atMs = takeVarint64(bytes);
    else if (tag === 40) message.final = takeByte(bytes) === 1;
    else if (tag === 48) message.change = takeZigzag(bytes);
  }
  return message;
}

export function decodeOrder(bytes: Uint8Array): DecodedOrder<bigint> {
  begin(bytes, true);
  const lines: Line[] = [];
  const labels: string[] = [];
  const message: Draft<DecodedOrder<bigint>> = {
    id: 0n,
    customer: undefined,
    lines,
    status: 0,
    orderedAtMs: 0n,
    note: undefined,
    labels,
    payment: undefined,
  };
  while (at() < bytes.length) {
    const tag = takeByte(bytes);
    if (tag === 8) message.id = takeVarint64(bytes);
    else if (tag === 18) message.customer = takeCustomer(bytes);
    else if (tag === 26) lines.push(takeLine(bytes));
    else if (tag === 32) message.status = takeVarint(bytes);
    else if (tag === 40) message.orderedAtMs = takeVarint64(bytes);
    else if (tag === 50) message.note = takeAscii(bytes);
    else if (tag === 58) labels.push(takeAscii(bytes));
    else if (tag === 66) message.payment = takePayment(bytes);
  }
  return message;
}

function takeCustomer(bytes: Uint8Array): Customer {
  const end = takeVarint(bytes) + at();
  const message: Draft<Customer> = { id: 0, name: "", email: "", shipping: noAddress };
  while (at() < end) {
    const tag = takeByte(bytes);
    if (tag === 8) message.id = takeVarint(bytes);
    else if (tag === 18) message.name = takeAscii(bytes);
    else if (tag === 26) message.email = takeAscii(bytes);
    else if (tag === 34) message.shipping = takeAddress(bytes);
  }
  return message;
}

const noAddress: Address = { street: "", city: "", postcode: "", country: "" };

function takeAddress(bytes: Uint8Array): Address {
  const end = takeVarint(bytes) + at();
  const message: Draft<Address> = { street: "", city: "", postcode: "", country: "" };
  while (at() < end) {
    const tag = takeByte(bytes);
    if (tag === 10) message.street = takeAscii(bytes);
    else if (tag === 18) message.city = takeAscii(bytes);
    else if (tag === 26) message.postcode = takeAscii(bytes);
    else if (tag === 34) message.country = takeAscii(bytes);
  }
  return message;
}

function takeLine(bytes: Uint8Array): Line {
  const end = takeVarint(bytes) + at();
  const message: Draft<Line> = { article: "", name: "", quantity: 0, priceCents: 0, weight: 0 };
  while (at() < end) {
    const tag = takeByte(bytes);
    if (tag === 10) message.article = takeAscii(bytes);
    else if (tag === 18) message.name = takeAscii(bytes);
    else if (tag === 24) message.quantity = takeVarint(bytes);
    else if (tag === 32) message.priceCents = takeVarint(bytes);
    else if (tag === 41) message.weight = takeDouble(bytes);
  }
  return message;
}

const noBytes = new Uint8Array(0);

function takePayment(bytes: Uint8Array): Payment {
  const end = takeVarint(bytes) + at();
  const message: Draft<Payment> = { method: "", currency: "", totalCents: 0, confirmed: false, receipt: noBytes };
  while (at() < end) {
    const tag = takeByte(bytes);
    if (tag === 10) message.method = takeAscii(bytes);
    else if (tag === 18) message.currency = takeAscii(bytes);
    else if (tag === 24) message.totalCents = takeVarint(bytes);
    else if (tag === 32) message.confirmed = takeByte(bytes) === 1;
    else if (tag === 42) message.receipt = takeBytes(bytes);
  }
  return message;
}

export function decodeReadings(bytes: Uint8Array): Readings {
  begin(bytes, false);
  const intervals: number[] = [];
  const changes: number[] = [];
  const message: Draft<Readings> = { sensor: 0, temperatures: [], intervals, changes };
  while (at() < bytes.length) {
    const tag = takeByte(bytes);
    if (tag === 8) message.sensor = takeVarint(bytes);
    else if (tag === 18) message.temperatures = takeDoubles(bytes);
    else if (tag === 26) for (let end = takeVarint(bytes) + at(); at() < end; ) intervals.push(takeVarint(bytes));
    else if (tag === 34) for (let end = takeVarint(bytes) + at(); at() < end; ) changes.push(takeZigzag(bytes));
  }
  return message;
}

export function decodeReview(bytes: Uint8Array): Review {
  begin(bytes, false);
  const topics: string[] = [];
  const answers: Answer[] = [];
  const message: Draft<Review> = { id: 0, article: "", title: "", text: "", topics, answers };
  while (at() < bytes.length) {
    const tag = takeByte(bytes);
    if (tag === 8) message.id = takeVarint(bytes);
    else if (tag === 18) message.article = takeUtf8(bytes);
    else if (tag === 26) message.title = takeUtf8(bytes);
    else if (tag === 34) message.text = takeUtf8(bytes);
    else if (tag === 42) topics.push(takeUtf8(bytes));
    else if (tag === 50) answers.push(takeAnswer(bytes));
  }
  return message;
}

function takeAnswer(bytes: Uint8Array): Answer {
  const end = takeVarint(bytes) + at();
  const message: Draft<Answer> = { author: "", text: "" };
  while (at() < end) {
    const tag = takeByte(bytes);
    if (tag === 10) message.author = takeUtf8(bytes);
    else if (tag === 18) message.text = takeUtf8(bytes);
  }
  return message;
}
