import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { docComment, lineComment, literal } from "../../../codegen/emit/comment.ts";

const test = suite("emit/comment");

test("comments take as few lines as they need", () => {
  assert.is(docComment(""), "");
  assert.is(docComment("  \n \n"), "");
  assert.is(docComment("One line. "), "/** One line. */\n");
  assert.is(docComment("\nOne\n\n  two\n", "  "), "  /**\n   * One\n   *\n   *   two\n   */\n");
});

test("no comment ends before its end, and none hides what follows", () => {
  const piece = fc.constantFrom("*", "/", "\\", "\n", "\r", "\u2028", "\u2029", "*/", "/*", "//", " ", "a", "`", "${", "\0");
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, (comment) => {
      const code = `${docComment(comment)}// ${lineComment(comment)}\nreturn [${literal(comment)}];`;
      // Only the tests make functions of text: what they return shows where the comments ended.
      assert.equal(new Function(code)(), [comment]);
    }),
    { numRuns: 2000 },
  );
});

test.run();
