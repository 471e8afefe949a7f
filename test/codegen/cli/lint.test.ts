import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatAnnotation } from "../../../codegen/cli/report.ts";
import { withFolder, zgen } from "./support.ts";

const test = suite("cli/lint");

const schema = 'syntax = "proto3";\npackage shop.v1;\nmessage item {\n  string Name = 1;\n}\n';
const project = (lint: object): Record<string, string> => ({
  "zgen.json": JSON.stringify({ lint }),
  "schemas/shop/v1/shop.proto": schema,
});

test("what is not in style is named with its place, rule and remedy, and the command fails", async () => {
  await withFolder(project({}), async (folder) => {
    assert.equal(await zgen(folder, "lint"), {
      code: 1,
      out: "",
      err: [
        "schemas/shop/v1/shop.proto:3:9: the name of message item is not PascalCase (write it in PascalCase) [MESSAGE_PASCAL_CASE]",
        "schemas/shop/v1/shop.proto:4:10: the name of field Name is not lower_snake_case (write it in lower_snake_case) [FIELD_LOWER_SNAKE_CASE]",
        "2 findings",
      ].join("\n"),
    });
  });
});

test("rules are disabled, enabled and kept from files one by one", async () => {
  const lint = { disable: ["FIELD_LOWER_SNAKE_CASE"], enable: ["COMMENT_FIELD"], ignore: { MESSAGE_PASCAL_CASE: ["shop/**"] } };
  await withFolder(project(lint), async (folder) => {
    const { code, out } = await zgen(folder, "lint", "--format", "json");
    assert.is(code, 1);
    assert.equal(
      JSON.parse(out).diagnostics.map(({ rule }: { readonly rule: string }) => rule),
      ["COMMENT_FIELD"],
    );
  });
});

test("schemas in style pass without a word", async () => {
  const lint = { disable: ["FIELD_LOWER_SNAKE_CASE", "MESSAGE_PASCAL_CASE"] };
  await withFolder(project(lint), async (folder) => assert.equal(await zgen(folder, "lint"), { code: 0, out: "", err: "" }));
});

test("a rule that does not exist is an error of the configuration", async () => {
  await withFolder(project({ disable: ["NO_SUCH_RULE"] }), async (folder) => {
    const { code, err } = await zgen(folder, "lint");
    assert.is(code, 1);
    assert.match(err, /zgen\.json: lint\.disable must be a list of rules; `zgen lint --rules` prints them/);
  });
  await withFolder(project({ ignore: { NO_SUCH_RULE: [] } }), async (folder) => {
    assert.match((await zgen(folder, "lint")).err, /unknown key lint\.ignore\.NO_SUCH_RULE/);
  });
});

test("schemas that cannot be read are reported as generate reports them", async () => {
  await withFolder({ "zgen.json": "{}", "schemas/a.proto": "syntax = 3;" }, async (folder) => {
    assert.match((await zgen(folder, "lint")).err, /schemas\/a\.proto:1:10: .* \[SYNTAX\]/);
  });
});

test("--format github writes annotations, for generate too", async () => {
  await withFolder(project({}), async (folder) => {
    const { out } = await zgen(folder, "lint", "--format", "github");
    assert.is(
      out.split("\n")[0],
      "::error file=schemas/shop/v1/shop.proto,line=3,col=9,title=MESSAGE_PASCAL_CASE::the name of message item is not PascalCase (write it in PascalCase)",
    );
  });
  await withFolder({ "zgen.json": "{}", "schemas/a.proto": "syntax = 3;" }, async (folder) => {
    assert.match(
      (await zgen(folder, "generate", "--format", "github")).out,
      /^::error file=schemas\/a\.proto,line=1,col=10,title=SYNTAX::/,
    );
  });
});

test("nothing in a schema can write a workflow command of its own", () => {
  const position = { file: "a,b:c.proto", line: 1, column: 2 };
  const annotation = formatAnnotation({ position, rule: "SYNTAX", message: "50 %\n::warning::x", remedy: "mend\r\nit" });
  assert.is(annotation, "::error file=a%2Cb%3Ac.proto,line=1,col=2,title=SYNTAX::50 %25%0A::warning::x (mend%0D%0Ait)");
});

test("--rules prints every rule with what it asks for", async () => {
  const { code, out } = await zgen("/", "lint", "--rules");
  assert.is(code, 0);
  assert.match(out, /^ENUM_PASCAL_CASE: Enums are PascalCase\.$/m);
  assert.match(out, /^COMMENT_RPC: A command has a comment\. \(only when enabled\)$/m);
});

test.run();
