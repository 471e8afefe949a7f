import { suite } from "uvu";
import * as assert from "uvu/assert";
import { JoinReply, RoomFull } from "../../../generated/example/lobby/v1/lobby.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { errorDetail, receivedDetail } from "../../../runtime/errors/error-detail.ts";
import { hex, throwsCommandError } from "../bytes/throws.ts";

const test = suite("errors/error-detail");

test("a detail is found by its type and decoded", () => {
  const error = new CommandError("RESOURCE_EXHAUSTED", "full", { details: [errorDetail(RoomFull, { room: "a", capacity: 8 })] });
  assert.equal(error.detail(RoomFull), { room: "a", capacity: 8 });
  assert.is(error.detail(JoinReply), undefined);
});

test("a detail travels as its type's name and its encoding", () => {
  const { type, value } = errorDetail(RoomFull, { capacity: 8 });
  assert.is(type, "example.lobby.v1.RoomFull");
  assert.equal(value, hex("10 08"));
});

test("values that the schema cannot hold are refused when the detail is made", () => {
  throwsCommandError(() => errorDetail(RoomFull, { capacity: -1 }), "INVALID_ARGUMENT", /RoomFull: capacity: -1/);
});

test("a received detail is decoded only when it is asked for, within the limits", () => {
  const broken = new CommandError("INTERNAL", "x", { details: [receivedDetail("example.lobby.v1.RoomFull", hex("10"))] });
  throwsCommandError(() => broken.detail(RoomFull), "INVALID_ARGUMENT", /malformed/);
  const large = receivedDetail("example.lobby.v1.JoinReply", hex("0a 00 0a 00"), { decodeElements: 1 });
  throwsCommandError(
    () => new CommandError("INTERNAL", "x", { details: [large] }).detail(JoinReply),
    "RESOURCE_EXHAUSTED",
    /decodeElements/,
  );
});

test.run();
