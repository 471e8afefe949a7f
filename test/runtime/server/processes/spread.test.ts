import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../../generated/example/probe/v1/probe.ts";
import type { LogEntry } from "../../../../runtime/command/log.ts";
import { Peer } from "../../../../runtime/command/peer.ts";
import { OwnServices } from "../../../../runtime/command/schema/own-services.ts";
import type { GroupBroadcast } from "../../../../runtime/server/broadcast.ts";
import { Groups } from "../../../../runtime/server/groups.ts";
import { broadcastHere } from "../../../../runtime/server/processes/spread.ts";

const test = suite("server/processes/spread");

const note: GroupBroadcast = {
  group: "room",
  service: "example.probe.v1.Probe",
  command: "example.probe.v1.Probe/Note",
  message: new Uint8Array(),
  timeoutMs: 0,
  onFull: "skip",
};

/** What a process logs that hears this, and whose group has a member. */
function heard(broadcast: GroupBroadcast, members = 1): LogEntry[] {
  const entries: LogEntry[] = [];
  const live = new Set<Peer>();
  const groups = new Groups<unknown>(live);
  for (let member = 0; member < members; member++) {
    const peer = Object.create(Peer.prototype, { state: { value: "draining" } }) as Peer;
    live.add(peer);
    groups.group("room").join(peer);
  }
  broadcastHere(broadcast, live, groups, { services: new OwnServices([Probe]), log: (entry) => void entries.push(entry) });
  return entries;
}

test("a broadcast that this process knows is sent to those that it has of the group", () => {
  assert.equal(heard(note), []);
});

const strange: readonly (readonly [string, Partial<GroupBroadcast>, RegExp])[] = [
  [
    "of a service that it lacks",
    { service: "gone.v1.Gone" },
    /room in this process miss .*Note: list gone\.v1\.Gone in the option `services`/,
  ],
  [
    "of a command that it lacks",
    { command: "example.probe.v1.Probe/Gone" },
    /miss example\.probe\.v1\.Probe\/Gone: .*build has no such one-way command/,
  ],
  ["of a command that is answered here", { command: "example.probe.v1.Probe/Echo" }, /build has no such one-way command/],
  ["that it cannot read", { message: Uint8Array.of(0xff, 0xff) }, /it cannot be sent here/],
];

for (const [what, change, why] of strange) {
  test(`a broadcast ${what}, of a process of another build, is told to the log, and ends nothing`, () => {
    const [entry, ...more] = heard({ ...note, ...change });
    assert.match(entry!.message, why);
    assert.is(entry!.level, "error");
    assert.equal(more, []);
    assert.equal(heard({ ...note, ...change }, 0), [], "nobody misses it");
  });
}

test.run();
