import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import { collect, probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { type Side, World } from "../../support/session/world.ts";

export const testTimeoutMs = 60_000;

const RETAINED = { retentionMs: 300_000 };

/** Everything once over a connection, of which one bit is wrong: that of this number in the bytes to this side. */
async function flipped(
  to: Side,
  from: number | undefined,
  bit: number,
): Promise<{ readonly before: number; readonly passed: number; readonly reason: string }> {
  let passed = 0;
  let first = true;
  const world = new World({
    wire: (transport, side) => {
      if (side !== to || !first) return transport;
      first = false;
      const { start } = transport;
      transport.start = (events) =>
        start.call(transport, {
          onDrain: () => events.onDrain(),
          onClose: (close) => events.onClose(close),
          onBytes: (bytes) => {
            const at = from === undefined ? -1 : from - passed;
            passed += bytes.length;
            if (at >= 0 && at < bytes.length) bytes[at]! ^= 1 << bit;
            events.onBytes(bytes);
          },
        });
      return transport;
    },
  });
  const ran: Record<Side, number[]> = { client: [], server: [] };
  const handlers = (side: Side): readonly [ReturnType<typeof probe>] => [probe({ note: ({ number }) => void ran[side].push(number) })];
  const server = await world.serve({ ...RETAINED, handlers: handlers("server") });
  const client = await world.connect({ ...RETAINED, handlers: handlers("client") });
  const [session] = server.sessions();
  let reason = "";
  (async () => {
    for await (const status of client.status()) if (status.type === "disconnected") reason ||= status.reason;
  })();
  const before = passed;
  await world.until(Promise.all([client, session!].map(useAll)), 120_000);
  assert.equal(ran, { client: [1, 2, 3], server: [1, 2, 3] });
  assert.is(session!.state, "open");
  // Of the last record nobody may have needed anything: that it was damaged shows when more comes, or its end does not.
  const all = passed;
  if (from !== undefined && reason === "") await world.settle(120_000);
  return { before, passed: all, reason };
}

/** One-ways, a command, a stream each way, and their acknowledgements. */
async function useAll(caller: Session): Promise<void> {
  const proxy = caller.use(Probe);
  for (const number of [1, 2, 3]) proxy.note({ number });
  const answers = [proxy.echo({ number: 4, text: "text" }, { timeoutMs: 120_000 }), proxy.up([{ number: 5 }])];
  const items = collect(proxy.down({ number: 2 }));
  assert.equal(
    (await Promise.all(answers)).map(({ number }) => number),
    [4, 5],
  );
  assert.is((await items).length, 2);
  await caller.flush();
}

const test = suite("session/resume-flips");

for (const to of ["client", "server"] as const) {
  test(`a flipped bit in any byte of a record to the ${to} ends the connection; the session goes on`, async () => {
    const { before, passed } = await flipped(to, undefined, 0);
    const reasons = new Set<string>();
    for (let at = before; at < passed; at++) reasons.add((await flipped(to, at, at % 8)).reason);
    note(`${passed - before} bytes to the ${to}: ${[...reasons].join(", ")}`);
    assert.not(reasons.has(""), "each flip ended the connection");
  });
}

test.run();
