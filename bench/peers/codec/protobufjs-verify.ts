/** protobufjs's generated functions with plain objects that its `verify` has checked, as its documentation says: `encode` by itself checks nothing. */
import type { Codec, Contender } from "../../codec/contender.ts";
import { event, order, plain, readings, review } from "../../codec/values.ts";
import { type Type, types, contender as unchecked } from "./protobufjs-static.ts";

function codec(type: Type, build: (turn: number) => unknown, { decode }: Codec): Codec {
  return {
    encode: (turn) => {
      const message = build(turn);
      const wrong = type.verify(message);
      if (wrong !== null) throw new TypeError(wrong);
      return type.encode(message).finish();
    },
    decode,
  };
}

const { small, order: nested, numeric, text } = unchecked.codecs;

export const contender: Contender = {
  name: "protobufjs-verify",
  protobuf: true,
  codecs: {
    small: codec(types.Event, (turn) => event(turn, plain), small),
    order: codec(types.Order, (turn) => order(turn, plain), nested),
    numeric: codec(types.Readings, readings, numeric),
    text: codec(types.Review, review, text),
  },
};
