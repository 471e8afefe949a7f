import { packed } from "../rpc/payloads.ts";
import { ws, wss } from "../rpc/websocket-wires.ts";
import { peer } from "../support/peers.ts";
import type { BroadcastContender } from "./contender.ts";
import { sockets } from "./sockets.ts";
import { zserver } from "./zserver.ts";

type Load = () => Promise<BroadcastContender>;

/** All by name; those in bench/peers need `npm ci` there. */
const loads: Readonly<Record<string, Load>> = {
  "zserver-ws": async () => zserver,
  ws: async () => sockets("ws", ws, await packed()),
  wss: async () => sockets("wss", wss, await packed()),
  "socket.io": peer("broadcast/socket.io"),
  capnweb: peer("broadcast/capnweb"),
  trpc: peer("broadcast/trpc"),
  "grpc-js": peer("broadcast/grpc-js"),
  connect: peer("broadcast/connect"),
};

export const contenderNames: readonly string[] = Object.keys(loads);

/** Throws ERR_MODULE_NOT_FOUND when a package is not installed. */
export const loadContender = (name: string): Promise<BroadcastContender> => loads[name]!();
