/** msgpackr with records whose structures both sides share, and with its native extraction of strings where that is installed. */
import { Packr } from "msgpackr";
import type { Codec, Contender } from "../../codec/contender.ts";
import { lowOfNumber, sumEvent, sumOrder, sumReadings, sumReview } from "../../codec/sums.ts";
import { event, order, plain, readings, review } from "../../codec/values.ts";

const packr = new Packr({ structures: [] });

function codec<T>(build: (turn: number) => T, sum: (message: T) => number): Codec {
  return { encode: (turn) => packr.pack(build(turn)), decode: (bytes) => sum(packr.unpack(bytes) as T) };
}

export const contender: Contender = {
  name: "msgpackr",
  protobuf: false,
  codecs: {
    small: codec(
      (turn) => event(turn, plain),
      (message) => sumEvent(message, lowOfNumber),
    ),
    order: codec(
      (turn) => order(turn, plain),
      (message) => sumOrder(message, lowOfNumber),
    ),
    numeric: codec(readings, sumReadings),
    text: codec(review, sumReview),
  },
};
