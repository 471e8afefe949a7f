import { tcp, tls } from "../rpc/stream-wires.ts";
import { ws } from "../rpc/websocket-wires.ts";
import type { BulkContender } from "./contender.ts";
import { wired } from "./wired.ts";
import { countSlowly, zserver } from "./zserver.ts";

type Load = () => Promise<BulkContender>;

/** Of one folder only, as whatever it may load is bundled with it ({@link plain}). */
const peer = (name: string) => async (): Promise<BulkContender> =>
  ((await import(`../peers/bulk/${name}.ts`)) as { readonly contender: BulkContender }).contender;

/** Those that are measured side by side; those in bench/peers need `npm ci` there. */
const pouring: Readonly<Record<string, Load>> = {
  "zserver-tcp": async () => zserver("zserver-tcp", "tcp://127.0.0.1:0", "unload"),
  "zserver-ws": async () => zserver("zserver-ws", "ws://127.0.0.1:0", "unload"),
  net: async () => wired("net", tcp),
  tls: async () => wired("tls", tls),
  ws: async () => wired("ws", ws),
  "socket.io": peer("socket.io"),
  "grpc-js": peer("grpc-js"),
};

/** Those beside whose bulk requests are measured too. */
const behind: Readonly<Record<string, Load>> = {
  "zserver-tcp-behind": async () => zserver("zserver-tcp-behind", "tcp://127.0.0.1:0", "unloadBehind"),
  "zserver-ws-behind": async () => zserver("zserver-ws-behind", "ws://127.0.0.1:0", "unloadBehind"),
};

/** Those whose server is slow. */
const slow: Readonly<Record<string, Load>> = {
  "zserver-tcp-slow": async () => zserver("zserver-tcp-slow", "tcp://127.0.0.1:0", "unload", countSlowly),
  "zserver-ws-slow": async () => zserver("zserver-ws-slow", "ws://127.0.0.1:0", "unload", countSlowly),
};

const loads: Readonly<Record<string, Load>> = { ...pouring, ...behind, ...slow };

export const pouringNames: readonly string[] = Object.keys(pouring);

/** With bulk in the class BULK, and in that of the requests. */
export const besideNames: readonly string[] = ["zserver-tcp-behind", "zserver-ws-behind", "zserver-tcp", "zserver-ws"];

export const slowNames: readonly string[] = Object.keys(slow);

/** Throws ERR_MODULE_NOT_FOUND when a package is not installed. */
export const loadContender = (name: string): Promise<BulkContender> => loads[name]!();
