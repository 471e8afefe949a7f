import { connect, createIdentity, implement, serve } from "zserver";
import { Watcher } from "../../generated/example/bench/v1/bench.ts";
import { lowOfBigint, sumEvent } from "../codec/sums.ts";
import { bigints, event } from "../codec/values.ts";
import type { BroadcastContender } from "./contender.ts";

/** zserver as it comes, with default options, over WebSocket. */
export const zserver: BroadcastContender = {
  name: "zserver-ws",
  async serve() {
    const server = await serve({ listen: ["ws://127.0.0.1:0"], identity: createIdentity() });
    const everybody = server.broadcast(Watcher);
    return {
      address: JSON.stringify({ endpoints: server.endpoints, serverKey: server.serverKey }),
      get listeners() {
        return [...server.sessions()].length;
      },
      broadcast: (turn) => void everybody.heard(event(turn, bigints)),
    };
  },
  connect: (address, heard) =>
    connect({ ...JSON.parse(address), handlers: [implement(Watcher, { heard: (message) => heard(sumEvent(message, lowOfBigint)) })] }),
};
