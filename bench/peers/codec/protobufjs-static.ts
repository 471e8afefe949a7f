/** protobufjs's generated functions. They take plain objects that are valid messages, which is faster than its constructors. */
import type protobuf from "protobufjs";
import type { Codec, Contender } from "../../codec/contender.ts";
import type { Event } from "../../codec/messages.ts";
import { type DecodedOrder, sumEvent, sumOrder, sumReadings, sumReview } from "../../codec/sums.ts";
import { event, order, plain, readings, review } from "../../codec/values.ts";
// @ts-expect-error: generated without declarations, which take a minute to make
import { example } from "../dist/protobufjs/shop.js";

export interface Type {
  encode(message: unknown): protobuf.Writer;
  decode(bytes: Uint8Array): unknown;
  create(properties: unknown): unknown;
  verify(message: unknown): string | null;
}

/** What it decodes 64-bit numbers to. */
type Long = InstanceType<typeof protobuf.util.Long>;

function codec<Message>(type: Type, build: (turn: number) => unknown, sum: (message: Message) => number): Codec {
  return { encode: (turn) => type.encode(build(turn)).finish(), decode: (bytes) => sum(type.decode(bytes) as Message) };
}

const low = (value: Long): number => value.low & 0xfffff;
/** The generated types, by name. */
export const types: Readonly<
  Record<"Address" | "Answer" | "Customer" | "Event" | "Line" | "Order" | "Payment" | "Readings" | "Review", Type>
> = example.shop.v1;

export const contender: Contender = {
  name: "protobufjs-static",
  protobuf: true,
  codecs: {
    small: codec(
      types.Event,
      (turn) => event(turn, plain),
      (message: Event<Long>) => sumEvent(message, low),
    ),
    order: codec(
      types.Order,
      (turn) => order(turn, plain),
      (message: DecodedOrder<Long>) => sumOrder(message, low),
    ),
    numeric: codec(types.Readings, readings, sumReadings),
    text: codec(types.Review, review, sumReview),
  },
};
