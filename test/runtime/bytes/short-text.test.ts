import { suite } from "uvu";
import * as assert from "uvu/assert";
import { shortText } from "../../../runtime/bytes/short-text.ts";

const test = suite("bytes/short-text");

test("text within the bound stays as it is, pairs of surrogates included", () => {
  assert.is(shortText("", 5), "");
  assert.is(shortText("grüße", 5), "grüße");
  assert.is(shortText("😀😀", 4), "😀😀");
});

test("longer text is cut to the bound, and says so", () => {
  assert.is(shortText("abcdef", 5), "abcd…");
  assert.is(shortText("x".repeat(10_000), 100).length, 100);
});

test("no lone surrogate is left, not even one that the cut made", () => {
  assert.is(shortText("a\ud83d", 5), "a\ufffd");
  assert.is(shortText("\ude00a", 5), "\ufffda");
  assert.is(shortText("ab😀cd", 4), "ab\ufffd…");
});

test.run();
