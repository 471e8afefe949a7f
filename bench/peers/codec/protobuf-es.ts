import { create, type DescMessage, fromBinary, type MessageInitShape, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { Codec, Contender } from "../../codec/contender.ts";
import { lowOfBigint, sumEvent, sumOrder, sumReadings, sumReview } from "../../codec/sums.ts";
import { bigints, event, order, readings, review } from "../../codec/values.ts";
import { EventSchema, OrderSchema } from "../dist/es/example/shop/v1/order_pb.ts";
import { ReadingsSchema } from "../dist/es/example/shop/v1/readings_pb.ts";
import { ReviewSchema } from "../dist/es/example/shop/v1/review_pb.ts";

function codec<Desc extends DescMessage>(
  schema: Desc,
  build: (turn: number) => MessageInitShape<Desc>,
  sum: (message: MessageShape<Desc>) => number,
): Codec {
  return {
    encode: (turn) => toBinary(schema, create(schema, build(turn))),
    decode: (bytes) => sum(fromBinary(schema, bytes)),
  };
}

export const contender: Contender = {
  name: "protobuf-es",
  protobuf: true,
  codecs: {
    small: codec(
      EventSchema,
      (turn) => event(turn, bigints),
      (message) => sumEvent(message, lowOfBigint),
    ),
    order: codec(
      OrderSchema,
      (turn) => order(turn, bigints) as MessageInitShape<typeof OrderSchema>,
      (message) => sumOrder(message, lowOfBigint),
    ),
    numeric: codec(ReadingsSchema, (turn) => readings(turn) as MessageInitShape<typeof ReadingsSchema>, sumReadings),
    text: codec(ReviewSchema, (turn) => review(turn) as MessageInitShape<typeof ReviewSchema>, sumReview),
  },
};
