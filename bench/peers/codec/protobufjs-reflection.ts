/** protobufjs from the schema's text, as it generates functions at run time. They take plain objects that are valid messages. */
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import type { Codec, Contender } from "../../codec/contender.ts";
import type { Event } from "../../codec/messages.ts";
import { type DecodedOrder, sumEvent, sumOrder, sumReadings, sumReview } from "../../codec/sums.ts";
import { event, order, plain, readings, review } from "../../codec/values.ts";

const root = new protobuf.Root();
root.resolvePath = (_origin, target) => fileURLToPath(new URL(`../../../schemas/${target}`, import.meta.url));
root.loadSync(["order", "readings", "review"].map((name) => `example/shop/v1/${name}.proto`));

/** What it decodes 64-bit numbers to. */
type Long = InstanceType<typeof protobuf.util.Long>;

function codec<Init extends object, Message>(name: string, build: (turn: number) => Init, sum: (message: Message) => number): Codec {
  const type = root.lookupType(`example.shop.v1.${name}`);
  return {
    encode: (turn) => type.encode(build(turn) as Record<string, unknown>).finish(),
    decode: (bytes) => sum(type.decode(bytes) as Message),
  };
}

const low = (value: Long): number => value.low & 0xfffff;

export const contender: Contender = {
  name: "protobufjs-reflection",
  protobuf: true,
  codecs: {
    small: codec(
      "Event",
      (turn) => event(turn, plain),
      (message: Event<Long>) => sumEvent(message, low),
    ),
    order: codec(
      "Order",
      (turn) => order(turn, plain),
      (message: DecodedOrder<Long>) => sumOrder(message, low),
    ),
    numeric: codec("Readings", readings, sumReadings),
    text: codec("Review", review, sumReview),
  },
};
