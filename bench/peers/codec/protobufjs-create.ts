/** protobufjs's generated functions with messages that its `create` makes, as its documentation shows; plain objects are faster. */
import type { Contender } from "../../codec/contender.ts";
import { event, order, plain, readings, review } from "../../codec/values.ts";
import { contender as withPlain, types } from "./protobufjs-static.ts";

type Mutable = Record<string, never>;

/** The order, and every message in it, as instances. */
function createOrder(turn: number): unknown {
  const message = order(turn, plain) as object as Mutable;
  const customer = message["customer"]! as Mutable;
  customer["shipping"] = types.Address.create(customer["shipping"]) as never;
  message["customer"] = types.Customer.create(customer) as never;
  message["lines"] = (message["lines"]! as unknown[]).map((line) => types.Line.create(line)) as never;
  message["payment"] = types.Payment.create(message["payment"]) as never;
  return types.Order.create(message);
}

function createReview(turn: number): unknown {
  const message = review(turn);
  return types.Review.create({ ...message, answers: message.answers.map((answer) => types.Answer.create(answer)) });
}

const { small, order: nested, numeric, text } = withPlain.codecs;

export const contender: Contender = {
  name: "protobufjs-create",
  protobuf: true,
  codecs: {
    small: { ...small, encode: (turn) => types.Event.encode(types.Event.create(event(turn, plain))).finish() },
    order: { ...nested, encode: (turn) => types.Order.encode(createOrder(turn)).finish() },
    numeric: { ...numeric, encode: (turn) => types.Readings.encode(types.Readings.create(readings(turn))).finish() },
    text: { ...text, encode: (turn) => types.Review.encode(createReview(turn)).finish() },
  },
};
