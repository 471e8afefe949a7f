/** JSON as text and then as bytes, which is what travels. Bytes are base64, as ProtoJSON has them. */
import type { Codec, Contender } from "./contender.ts";
import { type DecodedOrder, lowOfNumber, sumEvent, sumOrder, sumReadings, sumReview } from "./sums.ts";
import { event, numbers, order, readings, receipt, review } from "./values.ts";

const base64 = { ...numbers, receipt: Buffer.from(receipt).toString("base64") };

function codec<T>(build: (turn: number) => T, sum: (message: T) => number): Codec {
  return {
    encode: (turn) => Buffer.from(JSON.stringify(build(turn))),
    decode: (bytes) => sum(JSON.parse((bytes as Buffer).toString()) as T),
  };
}

export const contender: Contender = {
  name: "JSON",
  protobuf: false,
  codecs: {
    small: codec(
      (turn) => event(turn, base64),
      (message) => sumEvent(message, lowOfNumber),
    ),
    order: codec(
      (turn) => order(turn, base64),
      (message) => {
        const payment = message.payment as { receipt: string | Uint8Array };
        payment.receipt = Buffer.from(payment.receipt as string, "base64");
        return sumOrder(message as object as DecodedOrder<number>, lowOfNumber);
      },
    ),
    numeric: codec(readings, sumReadings),
    text: codec(review, sumReview),
  },
};
