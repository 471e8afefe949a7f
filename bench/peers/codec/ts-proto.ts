import type { Codec, Contender } from "../../codec/contender.ts";
import { lowOfNumber, sumEvent, sumOrder, sumReadings, sumReview } from "../../codec/sums.ts";
import { event, order, plain, readings, review } from "../../codec/values.ts";
import { Event, type MessageFns, Order } from "../dist/ts_proto/example/shop/v1/order.ts";
import { Readings } from "../dist/ts_proto/example/shop/v1/readings.ts";
import { Review } from "../dist/ts_proto/example/shop/v1/review.ts";

function codec<T>(type: MessageFns<T>, build: (turn: number) => unknown, sum: (message: T) => number): Codec {
  return { encode: (turn) => type.encode(build(turn) as T).finish(), decode: (bytes) => sum(type.decode(bytes)) };
}

export const contender: Contender = {
  name: "ts-proto",
  protobuf: true,
  codecs: {
    small: codec(
      Event,
      (turn) => event(turn, plain),
      (message) => sumEvent(message, lowOfNumber),
    ),
    order: codec(
      Order,
      (turn) => order(turn, plain),
      (message) => sumOrder(message, lowOfNumber),
    ),
    numeric: codec(Readings, readings, sumReadings),
    text: codec(Review, review, sumReview),
  },
};
