import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isLowerSnakeCase, isPascalCase, isUpperSnakeCase, toPascalCase, toUpperSnakeCase } from "../../../codegen/lint/case.ts";

const test = suite("lint/case");

test("names are told by how their words stand together", () => {
  assert.equal(["HttpStatus", "V2", "httpStatus", "Http_Status"].map(isPascalCase), [true, true, false, false]);
  assert.equal(["room_id", "line2", "a__b", "_a", "a_", "roomId"].map(isLowerSnakeCase), [true, true, false, false, false, false]);
  assert.equal(["ROOM_ID", "V2", "A__B", "Room"].map(isUpperSnakeCase), [true, true, false, false]);
});

test("a word in capitals ends where a small letter begins the next", () => {
  assert.equal(["HTTPServerKind", "Foo1Bar", "ABTest1", "Snake_Case", "x"].map(toUpperSnakeCase), [
    "HTTP_SERVER_KIND",
    "FOO1_BAR",
    "AB_TEST1",
    "SNAKE_CASE",
    "X",
  ]);
});

test("words run together where a command names its messages", () => {
  assert.equal(["join", "Do_It", "V2Join", "a__b"].map(toPascalCase), ["Join", "DoIt", "V2Join", "AB"]);
});

test.run();
