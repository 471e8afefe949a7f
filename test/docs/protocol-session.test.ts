import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { connect, defaultLimits, endReasons, implement, type MemoryNetwork, memoryNetwork, serve, type Transport } from "zserver";
import { ManualClock } from "zserver/testing";
import { Lobby } from "../../generated/example/lobby/v1/lobby.ts";
import { codeNumbers } from "../../runtime/errors/code.ts";
import { FrameType, frameHeader, isIgnorable, isSequenced } from "../../runtime/session/frame.ts";
import { limitsToWire } from "../../runtime/session/limits.ts";
import { rooted } from "../support/schema/edited.ts";
import { toHex } from "../support/hex.ts";

const lobby = rooted(Lobby);
const test = suite("docs/protocol, sessions");
const text = readFileSync(new URL("../../docs/PROTOCOL.md", import.meta.url), "utf8");

test("the table of frames is the code's", () => {
  const rows = [...text.matchAll(/^\| (\d+) \| ([A-Z_]+) \| (yes|no|no, ignorable) \|/gm)].map(([, type, name, flags]) => [
    Number(type),
    name,
    flags,
  ]);
  const expected = Object.entries(FrameType).map(([name, type]) => {
    const header = frameHeader(type);
    return [type, name, isSequenced(header) ? "yes" : isIgnorable(header) ? "no, ignorable" : "no"];
  });
  assert.equal(rows, expected);
});

test("the table of end reasons is the code's", () => {
  const rows = Object.entries(endReasons).map(
    ([name, { number, ends, retry, description }]) => `| ${number} | ${name} | ${ends} | ${retry ? "yes" : "no"} | ${description} |`,
  );
  assert.ok(text.includes(`|---:|---|---|---|---|\n${rows.join("\n")}\n`), `docs/PROTOCOL.md should hold\n${rows.join("\n")}`);
});

test("the table of limits is the code's", () => {
  const rows = [...text.matchAll(/^\| `([a-z_]+)` \| ([\d,]+) \|/gm)].map(([, name, value]) => [name, Number(value!.replaceAll(",", ""))]);
  const expected = Object.entries(limitsToWire(defaultLimits)).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  assert.equal(rows, expected);
});

test("zserver's own codes have the numbers that the text gives", () => {
  for (const code of ["SCHEMA_MISMATCH", "SESSION_LOST"] as const) assert.ok(text.includes(`${codeNumbers[code]} ${code}`), code);
});

test("the example session is what two sides say", async () => {
  const lines = await exampleSession();
  const [, after = ""] = text.split("<!-- example: session -->\n");
  const shown = /^```text\n([\s\S]*?)```/.exec(after)?.[1] ?? "";
  assert.equal(shown.trim(), lines.join("\n"));
});

/** The plaintext of every record, in the order in which they arrived. */
async function exampleSession(): Promise<string[]> {
  const clock = new ManualClock();
  const lines: string[] = [];
  const memory = recorded(memoryNetwork({ clock }), lines);
  const handlers = [implement(lobby, { ...unused, join: () => ({ players: ["b"] }) })];
  const common = { memory, clock, unsealed: true };
  const server = await serve({ ...common, listen: ["memory:example"], handlers });
  const client = await settle(clock, connect({ ...common, endpoints: ["memory:example"], services: [lobby] }));
  await settle(clock, client.use(lobby).join({ room: "a" }));
  await settle(clock, client.close("done"));
  await settle(clock, server.close());
  return lines;
}

const unused = {
  say() {},
  match: () => ({}),
  history: () => [],
  import: () => ({}),
};

/** Lets turns end until the promise settles; no time passes. */
async function settle<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  let settled = false;
  const end = (): void => {
    settled = true;
  };
  promise.then(end, end);
  for (let turns = 0; turns < 1_000 && !settled; turns++) {
    clock.turn();
    await Promise.resolve();
  }
  return promise;
}

/** Notes the records of each side: behind the first packet, two bytes of length, one of kind, then plaintext. */
function recorded(network: MemoryNetwork, lines: string[]): MemoryNetwork {
  const note = (transport: Transport, who: string): Transport => {
    let packets = 0;
    const write = transport.write.bind(transport);
    transport.write = (bytes) => {
      if (packets++ > 0) lines.push(`${who}  ${toHex(bytes.subarray(3))}`);
      return write(bytes);
    };
    return transport;
  };
  return {
    listen: (name, accept) => network.listen(name, (transport) => accept(note(transport, "server"))),
    dial: async (name) => note(await network.dial(name), "client"),
  };
}

test.run();
