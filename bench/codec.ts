/**
 * Encodes and decodes two messages with zserver's generated code and with protobufjs (its generated functions), interleaved, and prints
 * medians: `node --import tsx --conditions=source bench/codec.ts [rounds]`.
 */
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import { decode, encode, type MessageType } from "zserver/codec";
import { Event, type EventInit, Order, type OrderInit } from "../generated/example/shop/v1/order.ts";

/** 60 bytes. */
export const event: EventInit = {
  order: 48_211,
  kind: "order.line.changed",
  actor: "warehouse-7@shop.example",
  atMs: 1_763_800_000_123n,
  final: true,
  change: -3,
};

/** A nested order of 477 bytes. */
export const order: OrderInit = {
  id: 9_007_199_254n,
  customer: {
    id: 5_120,
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
  orderedAtMs: 1_763_800_000_000n,
  note: "Please leave the parcel with the neighbours.",
  labels: ["gift", "express"],
  payment: { method: "card", currency: "DKK", totalCents: 19_465, confirmed: true, receipt: new Uint8Array(16).fill(0xa5) },
};

interface Contender {
  readonly name: string;
  readonly encode: () => Uint8Array;
  readonly decode: () => unknown;
}

function ours<T, Init>(type: MessageType<T, Init>, init: Init): Contender {
  const bytes = encode(type, init);
  return { name: "zserver", encode: () => encode(type, init), decode: () => decode(type, bytes) };
}

function theirs(root: protobuf.Root, name: string, init: object): Contender {
  const type = root.lookupType(name);
  const message = type.fromObject(plain(init) as Record<string, unknown>);
  const bytes = type.encode(message).finish();
  return { name: "protobufjs", encode: () => type.encode(message).finish(), decode: () => type.decode(bytes) };
}

/** protobufjs takes 64-bit values as decimal text. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** Operations a second of one burst. */
function measure(run: () => unknown, milliseconds: number): number {
  let count = 0;
  const start = performance.now();
  let now = start;
  while (now - start < milliseconds) {
    for (let i = 0; i < 500; i++) sink = run();
    count += 500;
    now = performance.now();
  }
  return (count / (now - start)) * 1000;
}

export let sink: unknown;

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

function main(rounds: number): void {
  const root = protobuf.loadSync(fileURLToPath(new URL("../schemas/example/shop/v1/order.proto", import.meta.url)));
  const cases: [string, Contender[]][] = [
    ["small", [ours(Event, event), theirs(root, "example.shop.v1.Event", event)]],
    ["order", [ours(Order, order), theirs(root, "example.shop.v1.Order", order)]],
  ];
  for (const [name, contenders] of cases) {
    const [a, b] = contenders.map((contender) => contender.encode());
    console.log(`${name}: ${a!.length} bytes, ${Buffer.compare(a!, b!) === 0 ? "the same bytes" : "OTHER BYTES"}`);
  }
  for (const operation of ["encode", "decode"] as const) {
    for (const [name, contenders] of cases) {
      const results = contenders.map(() => [] as number[]);
      for (let round = 0; round < rounds; round++)
        for (const [i, contender] of contenders.entries()) results[i]!.push(measure(contender[operation], 150));
      const [mine, other] = results.map(median);
      const thousands = (value: number): string => `${Math.round(value / 1000)} k/s`;
      console.log(`${name} ${operation}: zserver ${thousands(mine!)}, protobufjs ${thousands(other!)}, ${(mine! / other!).toFixed(2)}x`);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(Number(process.argv[2] ?? 7));
