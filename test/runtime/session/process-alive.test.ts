import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { serve } from "../../../runtime/index.ts";
import { identity } from "../../support/channel/ends.ts";
import { SocketRelay } from "../../support/session/socket-relay.ts";

export const testTimeoutMs = 60_000;

const program = fileURLToPath(new URL("../../support/session/waiting-client.ts", import.meta.url));

/** Runs a client whose server vanishes. What it printed, and how long it lived after that. */
async function abandoned(what: string): Promise<{ readonly lines: string[]; readonly ms: number }> {
  const server = await serve({ listen: ["tcp://127.0.0.1:0"], identity, log: () => {} });
  const relay = await SocketRelay.to(server.endpoints[0]!);
  const args = ["--import", "tsx", "--conditions=source", program, `tcp://127.0.0.1:${relay.port}`, server.serverKey, what];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  const opened = new Promise<void>((resolve) => {
    child.stdout.on("data", (bytes: Buffer) => {
      printed += bytes.toString();
      if (printed.includes("open")) resolve();
    });
  });
  const exited = new Promise((resolve) => child.on("close", resolve));
  await Promise.race([opened, exited]);
  const began = performance.now();
  await relay.close();
  assert.is(await exited, 0);
  await server.close();
  // How often it looks for a connection meanwhile is chance.
  const lines = printed.split("\n").filter((line) => !["", "trying", "failed", "waiting"].includes(line));
  return { lines, ms: performance.now() - began };
}

const test = suite("session/process alive");

test("a program whose connection is gone waits for another one as long as its session lives, and then ends by itself", async () => {
  const { lines, ms } = await abandoned("wait");
  assert.equal(lines.sort(), ["SESSION_EXPIRED", "disconnected", "ended", "open"]);
  assert.ok(ms >= 990 && ms < 10_000, `${ms} ms`);
});

test("a program that closes its session meanwhile ends at once", async () => {
  const { lines, ms } = await abandoned("close");
  assert.equal(lines.sort(), ["CLOSED", "disconnected", "ended", "open"]);
  assert.ok(ms < 900, `${ms} ms`);
});

test.run();
