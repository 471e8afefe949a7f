/**
 * Straight-line code for these four messages and no others: what is left when nothing is promised. It checks no value and no byte, keeps no
 * unknown field, counts nothing, and takes for granted that the text of small and order is ASCII. It shows how much faster JavaScript could be, and nobody may use it.
 */
import { decodeEvent, decodeOrder, decodeReadings, decodeReview } from "./by-hand/decode.ts";
import { encodeEvent, encodeOrder, encodeReadings, encodeReview } from "./by-hand/encode.ts";
import type { Contender } from "./contender.ts";
import { lowOfBigint, sumEvent, sumOrder, sumReadings, sumReview } from "./sums.ts";
import { bigints, event, order, readings, review } from "./values.ts";

export const contender: Contender = {
  name: "by-hand",
  protobuf: true,
  codecs: {
    small: {
      encode: (turn) => encodeEvent(event(turn, bigints)),
      decode: (bytes) => sumEvent(decodeEvent(bytes), lowOfBigint),
    },
    order: {
      encode: (turn) => encodeOrder(order(turn, bigints)),
      decode: (bytes) => sumOrder(decodeOrder(bytes), lowOfBigint),
    },
    numeric: { encode: (turn) => encodeReadings(readings(turn)), decode: (bytes) => sumReadings(decodeReadings(bytes)) },
    text: { encode: (turn) => encodeReview(review(turn)), decode: (bytes) => sumReview(decodeReview(bytes)) },
  },
};
