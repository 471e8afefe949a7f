import type { RpcContender } from "../rpc/contender.ts";
import { framed } from "../rpc/framed.ts";
import { opaque } from "../rpc/payloads.ts";
import { tcp, tls } from "../rpc/stream-wires.ts";
import { ws, wss } from "../rpc/websocket-wires.ts";
import { zserver } from "../rpc/zserver.ts";

/** Those of bench/rpc whose connections are measured by themselves; nobody has to install any. */
const contenders: readonly RpcContender[] = [
  zserver("zserver-ws", "ws://127.0.0.1:0"),
  zserver("zserver-tcp", "tcp://127.0.0.1:0"),
  framed("net", tcp, opaque, "plain"),
  framed("tls", tls, opaque, "plain"),
  framed("ws", ws, opaque, "plain"),
  framed("wss", wss, opaque, "plain"),
];

export const contenderNames: readonly string[] = contenders.map(({ name }) => name);

export const contenderNamed = (name: string): RpcContender => contenders.find((contender) => contender.name === name)!;
