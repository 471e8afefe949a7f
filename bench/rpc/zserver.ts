import { connect, createIdentity, implement, serve } from "zserver";
import { Desk } from "../../generated/example/bench/v1/bench.ts";
import type { Event } from "../../generated/example/shop/v1/order.ts";
import { lowOfBigint, sumEvent } from "../codec/sums.ts";
import { bigints, event } from "../codec/values.ts";
import { type RpcContender, turnOfSum } from "./contender.ts";

const sum = (message: Event): number => sumEvent(message, lowOfBigint);

/** zserver as it comes, with default options, over one of its transports. */
export const zserver = (name: string, listen: string): RpcContender => ({
  name,
  async serve(noted) {
    const desk = implement(Desk, {
      echo: (request) => event(turnOfSum(sum(request)), bigints),
      note(request) {
        turnOfSum(sum(request));
        noted();
      },
    });
    const server = await serve({ listen: [listen], identity: createIdentity(), handlers: [desk] });
    return JSON.stringify({ endpoints: server.endpoints, serverKey: server.serverKey });
  },
  async connect(address) {
    const client = await connect(JSON.parse(address));
    const desk = client.use(Desk);
    return {
      call: async (turn) => sum(await desk.echo(event(turn, bigints))),
      note: (turn) => desk.note(event(turn, bigints)),
      close: () => client.close(),
    };
  },
});
