/** The four messages written in straight lines: every field is there, no value is checked, nested lengths are closed in place. */
import type { Event, Order, Readings, Review } from "../messages.ts";
import { close, putAscii, putDouble, putUtf8, putVarint, putVarint64, putZigzag } from "./put.ts";

const slabBytes = 32_768;
let slab = new Uint8Array(slabBytes);
let used = 0;

/** Where to write so many bytes at most: messages are views that share a slab. */
function room(bytes: number): Uint8Array {
  if (slabBytes - used < bytes) {
    slab = new Uint8Array(slabBytes);
    used = 0;
  }
  return slab;
}

function written(buffer: Uint8Array, end: number): Uint8Array {
  const start = used;
  used = end;
  return new Uint8Array(buffer.buffer, start, end - start);
}

export function encodeEvent(message: Event<bigint>): Uint8Array {
  const b = room(1024);
  let at = used;
  b[at] = 8;
  at = putVarint(b, at + 1, message.order);
  at = putAscii(b, at, 18, message.kind);
  at = putAscii(b, at, 26, message.actor);
  b[at] = 32;
  at = putVarint64(b, at + 1, message.atMs);
  b[at] = 40;
  b[at + 1] = message.final ? 1 : 0;
  b[at + 2] = 48;
  return written(b, putZigzag(b, at + 3, message.change));
}

export function encodeOrder(message: Order<bigint>): Uint8Array {
  const b = room(4096);
  let at = used;
  b[at] = 8;
  at = putVarint64(b, at + 1, message.id);
  at = putCustomer(b, at, message.customer);
  for (const line of message.lines) at = putLine(b, at, line);
  b[at] = 32;
  at = putVarint(b, at + 1, message.status);
  b[at] = 40;
  at = putVarint64(b, at + 1, message.orderedAtMs);
  at = putAscii(b, at, 50, message.note);
  for (const label of message.labels) at = putAscii(b, at, 58, label);
  return written(b, putPayment(b, at, message.payment));
}

function putCustomer(b: Uint8Array, start: number, { id, name, email, shipping }: Order<bigint>["customer"]): number {
  b[start] = 18;
  b[start + 2] = 8;
  let at = putVarint(b, start + 3, id);
  at = putAscii(b, at, 18, name);
  at = putAscii(b, at, 26, email);
  const mark = at + 1;
  b[at] = 34;
  at = putAscii(b, at + 2, 10, shipping.street);
  at = putAscii(b, at, 18, shipping.city);
  at = putAscii(b, at, 26, shipping.postcode);
  at = putAscii(b, at, 34, shipping.country);
  return close(b, start + 1, close(b, mark, at));
}

function putLine(b: Uint8Array, start: number, { article, name, quantity, priceCents, weight }: Order<bigint>["lines"][number]): number {
  b[start] = 26;
  let at = putAscii(b, start + 2, 10, article);
  at = putAscii(b, at, 18, name);
  b[at] = 24;
  at = putVarint(b, at + 1, quantity);
  b[at] = 32;
  at = putVarint(b, at + 1, priceCents);
  b[at] = 41;
  return close(b, start + 1, putDouble(b, at + 1, weight));
}

function putPayment(b: Uint8Array, start: number, { method, currency, totalCents, confirmed, receipt }: Order<bigint>["payment"]): number {
  b[start] = 66;
  let at = putAscii(b, start + 2, 10, method);
  at = putAscii(b, at, 18, currency);
  b[at] = 24;
  at = putVarint(b, at + 1, totalCents);
  b[at] = 32;
  b[at + 1] = confirmed ? 1 : 0;
  b[at + 2] = 42;
  b[at + 3] = receipt.length;
  at += 4;
  for (let i = 0; i < receipt.length; i++) b[at + i] = receipt[i]!;
  return close(b, start + 1, at + receipt.length);
}

export function encodeReadings({ sensor, temperatures, intervals, changes }: Readings): Uint8Array {
  const b = room(16_384);
  let at = used;
  b[at] = 8;
  at = putVarint(b, at + 1, sensor);
  b[at] = 18;
  at = putVarint(b, at + 1, temperatures.length * 8);
  const view = new DataView(b.buffer, at, temperatures.length * 8);
  for (let i = 0; i < temperatures.length; i++) view.setFloat64(i * 8, temperatures[i]!, true);
  at += temperatures.length * 8;
  let mark = at + 1;
  b[at] = 26;
  at += 2;
  for (let i = 0; i < intervals.length; i++) at = putVarint(b, at, intervals[i]!);
  at = close(b, mark, at);
  mark = at + 1;
  b[at] = 34;
  at += 2;
  for (let i = 0; i < changes.length; i++) at = putZigzag(b, at, changes[i]!);
  return written(b, close(b, mark, at)).slice();
}

export function encodeReview(message: Review): Uint8Array {
  const b = room(8192);
  let at = used;
  b[at] = 8;
  at = putVarint(b, at + 1, message.id);
  at = putAscii(b, at, 18, message.article);
  at = putUtf8(b, at, 26, message.title);
  at = putUtf8(b, at, 34, message.text);
  for (const topic of message.topics) at = putUtf8(b, at, 42, topic);
  for (const { author, text } of message.answers) {
    const mark = at + 1;
    b[at] = 50;
    at = putUtf8(b, at + 2, 10, author);
    at = putUtf8(b, at, 18, text);
    at = close(b, mark, at);
  }
  return written(b, at);
}
