// Opens handshakes that are well-formed, and finishes none.
import { connect, type Socket } from "node:net";
import { getPriority, setPriority } from "node:os";
import { Answer } from "../../generated/zserver/protocol/v1/handshake.ts";
import { DialerHandshake } from "../../runtime/channel/dialer-handshake.ts";
import { parseServerKey } from "../../runtime/crypto/key-string.ts";
import { systemRandom } from "../../runtime/crypto/random.ts";
import { decode } from "../../runtime/schema/codec.ts";
import { native } from "../support/channel/ends.ts";
import { answer, type FloodAccount, type FloodConfig } from "./roles.ts";

/** Different handshakes: a server cannot know that they repeat. */
const DIFFERENT = 512;

/** What a client's first write holds. The flood would come from machines of others, so that its own work is done beforehand. */
function firstWrites({ endpoint, serverKey }: FloodConfig): Buffer[] {
  const server = parseServerKey(native, serverKey);
  return Array.from({ length: DIFFERENT }, () => {
    const handshake = new DialerHandshake({
      crypto: native,
      random: systemRandom,
      timers: { now: () => 0, after: () => ({ cancel() {} }), start() {} },
      server,
    });
    const bytes = handshake.start().output!;
    return endpoint.startsWith("ws:") ? Buffer.concat([upgrade, messageHeader(bytes.length), bytes]) : Buffer.from(bytes);
  });
}

const upgrade = Buffer.from(
  "GET / HTTP/1.1\r\nHost: flood\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
);

/** A binary message under a mask of zeros. */
function messageHeader(length: number): Buffer {
  return length < 126 ? Buffer.of(0x82, 0x80 | length, 0, 0, 0, 0) : Buffer.of(0x82, 0xfe, length >> 8, length & 0xff, 0, 0, 0, 0);
}

/** Where the protocol's own bytes begin in what a server sent; -1 while that is not known. */
function answerAt(bytes: Buffer, webSocket: boolean): number {
  if (!webSocket) return 0;
  const head = bytes.indexOf("\r\n\r\n");
  if (head < 0 || bytes.length < head + 8) return -1;
  return head + (bytes[head + 5]! < 126 ? 6 : 8);
}

function flood(config: FloodConfig): Promise<FloodAccount> {
  const { handshakes, addresses, opening } = config;
  const { hostname, port } = new URL(config.endpoint);
  const host = hostname === "localhost" ? "127.0.0.1" : hostname;
  const webSocket = config.endpoint.startsWith("ws:");
  const writes = firstWrites(config);
  const account = { sent: 0, refused: 0, answered: 0, cut: 0 };
  const open = new Set<Socket>();
  const began = performance.now();
  let started = 0;
  let settled = 0;
  return new Promise((resolve) => {
    const next = (): void => {
      if (settled === handshakes) {
        // What is open stays open: these clients finish nothing.
        resolve({ ...account, tookMs: performance.now() - began });
      } else if (started < handshakes) one(started++);
    };
    const one = (number: number): void => {
      const socket = connect({ host, port: Number(port), localAddress: `127.0.0.${2 + (number % addresses)}` });
      let known = false;
      const settle = (what: "refused" | "answered" | "cut"): void => {
        if (known) return;
        known = true;
        account[what]++;
        settled++;
        next();
      };
      open.add(socket);
      socket.on("connect", () => {
        account.sent++;
        socket.write(writes[number % DIFFERENT]!);
      });
      let got: Buffer = Buffer.alloc(0);
      socket.on("data", (bytes: Buffer) => {
        if (known) return;
        got = Buffer.concat([got, bytes]);
        const at = answerAt(got, webSocket);
        if (at < 0 || got.length < at + 2 + got.readUInt16BE(at)) return;
        const { outcome } = decode(Answer, got.subarray(at + 2, at + 2 + got.readUInt16BE(at)));
        settle(outcome?.case === "accepted" ? "answered" : "refused");
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        settle("cut");
      });
    };
    for (let at = 0; at < opening; at++) next();
  });
}

// The attackers' machines are not this one: their work must not take the server's time.
setPriority(Math.min(getPriority() + 10, 19));
answer({ flood });
