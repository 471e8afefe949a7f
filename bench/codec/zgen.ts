import { decode, encode } from "zserver/codec";
import { Event, Order } from "../../generated/example/shop/v1/order.ts";
import { Readings } from "../../generated/example/shop/v1/readings.ts";
import { Review } from "../../generated/example/shop/v1/review.ts";
import type { Contender } from "./contender.ts";
import { lowOfBigint, sumEvent, sumOrder, sumReadings, sumReview } from "./sums.ts";
import { bigints, event, order, readings, review } from "./values.ts";

export const contender: Contender = {
  name: "zgen",
  protobuf: true,
  codecs: {
    small: {
      encode: (turn) => encode(Event, event(turn, bigints)),
      decode: (bytes) => sumEvent(decode(Event, bytes), lowOfBigint),
    },
    order: {
      encode: (turn) => encode(Order, order(turn, bigints)),
      decode: (bytes) => sumOrder(decode(Order, bytes), lowOfBigint),
    },
    numeric: { encode: (turn) => encode(Readings, readings(turn)), decode: (bytes) => sumReadings(decode(Readings, bytes)) },
    text: { encode: (turn) => encode(Review, review(turn)), decode: (bytes) => sumReview(decode(Review, bytes)) },
  },
};
