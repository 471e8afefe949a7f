/**
 * The four messages, as plain values that every contender takes: built anew for each encoding, with one field that changes. Each has its own
 * way with 64-bit numbers and bytes, so these are given.
 */

import type { Event, Order, Readings, Review } from "./messages.ts";

/** What a contender takes for 64-bit numbers and for bytes. */
export interface Foreign<Long, Bytes> {
  readonly atMs: Long;
  readonly id: Long;
  readonly receipt: Bytes;
}

export const numbers = { atMs: 1_763_800_000_123, id: 9_007_199_254 } as const;
export const receipt: Uint8Array = new Uint8Array(16).fill(0xa5);

/** What contenders with bigint take. */
export const bigints: Foreign<bigint, Uint8Array> = { atMs: BigInt(numbers.atMs), id: BigInt(numbers.id), receipt };
/** What contenders take for which numbers up to 2⁵³ will do. */
export const plain: Foreign<number, Uint8Array> = { ...numbers, receipt };

/** 60 bytes of protobuf. */
export const event = <Long>(turn: number, { atMs }: { readonly atMs: Long }): Event<Long> => ({
  order: 40_000 + (turn & 0x1fff),
  kind: "order.line.change",
  actor: "warehouse-7@shop.example",
  atMs,
  final: true,
  change: -3,
});

/** A nested order of 477 bytes. */
export const order = <Long, Bytes>(turn: number, { id, atMs, receipt }: Foreign<Long, Bytes>): Order<Long, Bytes> => ({
  id,
  customer: {
    id: 5_000 + (turn & 0x1fff),
    name: "Margarethe Sondergaard",
    email: "margarethe.sondergaard@mail.example",
    shipping: { street: "Vesterbrogade 112, 3. th.", city: "Copenhagen", postcode: "1620", country: "DK" },
  },
  lines: [
    { article: "SKU-000481-BLU", name: "Fountain pen, fine nib", quantity: 2, priceCents: 4_590, weight: 0.0215 },
    { article: "SKU-110045", name: "Ink cartridge, royal blue, box of 12", quantity: 5, priceCents: 890, weight: 0.048 },
    { article: "SKU-093312-A5", name: "Notebook A5, dotted, 192 pages", quantity: 3, priceCents: 1_795, weight: 0.31 },
    { article: "SKU-700002", name: "Gift wrapping", quantity: 1, priceCents: 350, weight: 0.05 },
  ],
  status: 2,
  orderedAtMs: atMs,
  note: "Please leave the parcel with the neighbours, second floor left.",
  labels: ["gift", "express"],
  payment: { method: "card", currency: "DKK", totalCents: 19_465, confirmed: true, receipt },
});

const list = (length: number, value: (index: number) => number): readonly number[] => Array.from({ length }, (_, index) => value(index));
const temperatures = list(1000, (index) => Math.sin(index / 40) * 30 - index / 97);
// Varints of one to four bytes.
const intervals = list(500, (index) => (index * 2_654_435_761) >>> (8 + (index % 24)));
const changes = list(500, (index) => ((index * 40_503) % 2001) - 1000);

/** 1,000 doubles and 1,000 varints. */
export const readings = (turn: number): Readings => ({ sensor: 40_000 + (turn & 0x1fff), temperatures, intervals, changes });

/** Text in seven scripts, most of it not ASCII, some of it outside of the Basic Multilingual Plane. */
export const review = (turn: number): Review => ({
  id: 40_000 + (turn & 0x1fff),
  article: "SKU-000481-BLU",
  title: "Füllfederhalter für Kalligraphie – schön & präzise",
  text:
    "Der Füller schreibt auf glattem Papier wunderbar weich, ohne zu klecksen; die Feder ist für größere Hände etwas schmal, " +
    "lässt sich aber nach kurzer Übung mühelos führen. 日本の紙にもよく合い、にじみはほとんどありません。ペン先は柔らかく、長い手紙を書いても疲れません。" +
    "Чернила высыхают быстро, линия остаётся ровной даже на тонкой бумаге. Η μύτη γράφει απαλά και το μελάνι δεν ξεθωριάζει. " +
    "만년필을 처음 쓰는 사람에게도 추천합니다. القلم مريح جدًا في اليد والحبر لا يتلطخ. 🖋️📜 Würde ich wieder kaufen! 👍🏽",
  topics: ["Schönschrift", "文房具", "перо", "gift"],
  answers: [
    { author: "Jürgen Müßig", text: "Danke für die ausführliche Rezension! Welche Tinte wurde benutzt?" },
    { author: "さくら", text: "とても参考になりました。ありがとうございます😊" },
    { author: "Zoë O’Neill", text: "Does the nib hold up on cheap paper?" },
  ],
});
