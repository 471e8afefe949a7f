import { peer } from "../support/peers.ts";
import type { RpcContender } from "./contender.ts";
import { framed, type Writes } from "./framed.ts";
import { opaque, packed } from "./payloads.ts";
import { tcp, tls } from "./stream-wires.ts";
import { ws, wss } from "./websocket-wires.ts";
import type { WireKind } from "./wire.ts";
import { zserver } from "./zserver.ts";

type Load = () => Promise<RpcContender>;

/** All by name; those in bench/peers need `npm ci` there. */
const loads: Readonly<Record<string, Load>> = {
  "zserver-tcp": async () => zserver("zserver-tcp", "tcp://127.0.0.1:0"),
  "zserver-ws": async () => zserver("zserver-ws", "ws://127.0.0.1:0"),
  net: async () => framed("net", tcp, opaque, "plain"),
  "net-batch": async () => framed("net-batch", tcp, opaque, "batch"),
  tls: async () => framed("tls", tls, opaque, "plain"),
  "tls-batch": async () => framed("tls-batch", tls, opaque, "batch"),
  ws: () => webSocket("ws", ws, "plain"),
  "ws-batch": () => webSocket("ws-batch", ws, "batch"),
  wss: () => webSocket("wss", wss, "plain"),
  "socket.io": peer("rpc/socket.io"),
  capnweb: peer("rpc/capnweb"),
  trpc: peer("rpc/trpc"),
  "grpc-js": peer("rpc/grpc-js"),
  connect: peer("rpc/connect"),
};

export const contenderNames: readonly string[] = Object.keys(loads);

/** Which of them nobody has to install. */
export const installed: readonly string[] = contenderNames.slice(0, contenderNames.indexOf("wss") + 1);

/** Throws ERR_MODULE_NOT_FOUND when a package is not installed. */
export const loadContender = (name: string): Promise<RpcContender> => loads[name]!();

async function webSocket(name: string, kind: WireKind, writes: Writes): Promise<RpcContender> {
  return framed(name, kind, await packed(), writes);
}
