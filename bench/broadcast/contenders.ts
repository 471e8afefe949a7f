import type { Payload } from "../rpc/framed.ts";
import { json } from "../rpc/payloads.ts";
import { ws, wss } from "../rpc/websocket-wires.ts";
import type { WireKind } from "../rpc/wire.ts";
import type { BroadcastContender } from "./contender.ts";
import { sockets } from "./sockets.ts";
import { zserver } from "./zserver.ts";

type Load = () => Promise<BroadcastContender>;

const peer =
  (name: string): Load =>
  async () =>
    ((await import(`../peers/broadcast/${name}.ts`)) as { readonly contender: BroadcastContender }).contender;

/** All by name; those in bench/peers need `npm ci` there. */
const loads: Readonly<Record<string, Load>> = {
  "zserver-ws": async () => zserver,
  ws: () => packed("ws", ws),
  wss: () => packed("wss", wss),
  "socket.io": peer("socket.io"),
  capnweb: peer("capnweb"),
  trpc: peer("trpc"),
  "grpc-js": peer("grpc-js"),
  connect: peer("connect"),
};

export const contenderNames: readonly string[] = Object.keys(loads);

/** Throws ERR_MODULE_NOT_FOUND when a package is not installed. */
export const loadContender = (name: string): Promise<BroadcastContender> => loads[name]!();

/** As msgpackr packs it, and as JSON where that is not installed. */
async function packed(name: string, kind: WireKind): Promise<BroadcastContender> {
  const modules = import(`../peers/rpc/${"msgpackr"}.ts`) as Promise<{ readonly payload: Payload }>;
  const { payload } = await modules.catch(() => ({ payload: json }));
  return sockets(name, kind, payload);
}
