import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { implement } from "../../../runtime/command/handlers.ts";
import type { LogEntry } from "../../../runtime/command/log.ts";
import { serviceInfo } from "../../../runtime/schema/service-type.ts";
import { DeprecatedUses } from "../../../runtime/server/schema/deprecated-uses.ts";
import { AGENT } from "../../../runtime/version.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { probe } from "../../support/command/probe.ts";
import { edited } from "../../support/schema/edited.ts";

const test = suite("server/deprecated uses");

/** Probe whose Turn and Note are deprecated. */
const aged: typeof Probe = {
  commands: {
    ...Probe.commands,
    turn: { ...Probe.commands.turn, deprecated: true },
    note: { ...Probe.commands.note, deprecated: true },
  },
  [serviceInfo]: Probe[serviceInfo],
};

test("calls of deprecated commands are counted for each version of clients, and logged once", async () => {
  const released = edited(Probe, "1.0.0", (description) => ({ ...description, commands: [...description.commands].slice(0, -1) }));
  for (const [services, client] of [
    [[released], "1.0.0"],
    [[], AGENT],
  ] as const) {
    const peers = await connectPeers({ serve: { handlers: [implement(aged, probe().handlers as never)] }, connect: { services } });
    const proxy = peers.client.use(Probe);
    await peers.until(Promise.all([proxy.turn({}), proxy.turn({}), proxy.note({}), proxy.echo({})]));
    assert.equal(peers.server.stats().deprecated, [
      { command: "example.probe.v1.Probe/Turn", client, calls: 2 },
      { command: "example.probe.v1.Probe/Note", client, calls: 1 },
    ]);
    assert.equal(
      peers.log.map(({ level, message }) => [level, message]),
      ["Turn", "Note"].map((name) => ["warn", `example.probe.v1.Probe/${name} is deprecated, and clients of version ${client} call it`]),
    );
    await peers.close();
  }
});

test("versions that clients make up take no more than 1,024 counters, and no long names", () => {
  const log: LogEntry[] = [];
  const uses = new DeprecatedUses((entry) => void log.push(entry));
  for (let version = 0; version < 2_000; version++) uses.of("a.B/C", `${version}`).calls++;
  assert.is(uses.all.length, 1_025);
  assert.is(log.length, 1_025);
  assert.equal(uses.all.at(-1), { command: "a.B/C", client: "others", calls: 976 });
  assert.is(uses.all[7]!.calls, 1);
  const long = new DeprecatedUses(() => {});
  long.of("a.B/C", "9".repeat(10_000));
  assert.ok(long.all[0]!.client.length <= 128);
});

test.run();
