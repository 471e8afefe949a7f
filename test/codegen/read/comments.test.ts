import { suite } from "uvu";
import * as assert from "uvu/assert";
import { validFile } from "./read-text.ts";

const test = suite("read/comments");

const fieldComment = (body: string): string => validFile(`syntax = "proto3";\nmessage M {\n${body}\n}\n`).messages[0]!.fields[0]!.comment;

test("the comment directly before an element is its comment, without markers", () => {
  assert.is(fieldComment("// One.\n// Two.\nint32 a = 1;"), "One.\nTwo.");
  assert.is(fieldComment("/* One.\n * Two.\n *   indented\n */\nint32 a = 1;"), "One.\nTwo.\n  indented");
  assert.is(fieldComment("/** One. **/ int32 a = 1;"), "One.");
  assert.is(fieldComment("//\n//   indented\n//\nint32 a = 1;"), "  indented");
  assert.is(fieldComment("//No space\nint32 a = 1;"), "No space");
  assert.is(fieldComment("/* a // b */ int32 a = 1;"), "a // b");
  assert.is(fieldComment("// a */ b /* c\nint32 a = 1;"), "a */ b /* c");
});

test("a blank line parts a comment from what follows", () => {
  assert.is(fieldComment("// Of the section.\n\nint32 a = 1;"), "");
  assert.is(fieldComment("// Of the section.\n\n// Of a.\nint32 a = 1;"), "Of a.");
});

test("a comment behind an element on its line is its comment, if it has none before", () => {
  assert.is(fieldComment("int32 a = 1; // Behind.\n// Of b.\nint32 b = 2;"), "Behind.");
  assert.is(fieldComment("// Before.\nint32 a = 1; // Behind.\n"), "Before.");
  const file = validFile(
    'syntax = "proto3";\nmessage M { // Of M.\n  int32 a = 1; // Of a.\n  // Of b.\n  int32 b = 2;\n}\nenum E { // Of E.\n  A = 0; /* Of A. */\n  B = 1;\n}\n',
  );
  const [message] = file.messages;
  assert.equal([message!.comment, message!.fields.map(({ comment }) => comment)], ["Of M.", ["Of a.", "Of b."]]);
  assert.equal([file.enums[0]!.comment, file.enums[0]!.values.map(({ comment }) => comment)], ["Of E.", ["Of A.", ""]]);
});

test("a comment behind one element is not also before the next", () => {
  const { fields } = validFile('syntax = "proto3";\nmessage M {\n int32 a = 1; // Of a.\n int32 b = 2;\n}').messages[0]!;
  assert.equal(
    fields.map(({ comment }) => comment),
    ["Of a.", ""],
  );
});

test("services, commands, oneofs, nested types and the file have comments, and what a blank line parts from them is none", () => {
  const file = validFile(`// A licence.

// Of the file.
syntax = "proto3";
// Of M.
message M {
  // Of o.
  oneof o {
    // Of a.
    int32 a = 1;
  }
  // Of N.
  message N {}
}
// Of S.
service S {
  // Of A.
  rpc A(M) returns (M);
  rpc B(M) returns (M); // Of B.
  rpc C(M) returns (M) { // Of C.
  }
}
`);
  const [message] = file.messages;
  const [service] = file.services;
  assert.equal(
    [file, message, message!.oneofs[0], message!.fields[0], message!.messages[0], service, ...service!.commands].map(
      (element) => element!.comment,
    ),
    ["Of the file.", "Of M.", "Of o.", "Of a.", "Of N.", "Of S.", "Of A.", "Of B.", "Of C."],
  );
});

test.run();
