import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Account } from "../../examples/lobby/account.ts";
import { repository } from "../support/architecture/imports.ts";

export const testTimeoutMs = 60_000;

/** Text that the account must hold, a line for each thing that issue and README promise. */
const promised = [
  "zgen generate: ",
  "a schema with two mistakes: exit code 1, no file written",
  "door.proto:6:34: ",
  "door.proto:10:17: ",
  "each player called Join; the last reply names ada, bob, cyd",
  "the server called Ready on its players, and 3 said yes",
  "30 lines reached the server, each without a reply",
  "the players heard 30, 30, 30",
  "History streamed 30 lines",
  "it kept 3",
  "they were fulfilled, rejected, fulfilled",
  `bob's handler gave her the reply "bob"`,
  "the keys changed 5 times",
  "his session went on 3 times",
  "a fourth player was refused with RESOURCE_EXHAUSTED: room den is full",
  "RoomFull says that the room holds 3",
  "All of it happened",
];

const test = suite("examples/lobby");

test("npm start tells what happened, all of it, and ends by itself", () => {
  const { status, stdout, stderr } = spawnSync("npm", ["start"], { cwd: repository, encoding: "utf8", timeout: 50_000 });
  assert.is(status, 0, `${stdout}\n${stderr}`);
  for (const text of promised) assert.ok(stdout.includes(text), `missing: ${text}\n${stdout}`);
  assert.not.match(stdout, "MISSING");
});

test("a fact that does not hold is marked and fails the run", () => {
  const lines: string[] = [];
  const account = new Account((line) => lines.push(line));
  account.fact(true, "one");
  account.fact(false, "two");
  assert.is(account.end(), 1);
  assert.equal(lines, ["  ok  one", "  MISSING  two", "1 of these did not happen."]);
});

test.run();
