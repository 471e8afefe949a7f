import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { quoteTypes } from "../../scripts/quoted-types.ts";
import { withFolder, zgen } from "../codegen/cli/support.ts";

const test = suite("docs/templates");

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/TEMPLATES.md", root), "utf8");

test("the views are shown as they are declared; `npm run generate` brings the page up to date", () => {
  assert.is(page, quoteTypes(root.pathname, page));
  assert.ok(page.split("\n").length > 200);
});

test("every template is in the table, and nothing else", () => {
  const files = readdirSync(new URL("templates", root)).map((name) => name.replace(/\.hbs$/, ""));
  const rows = page.slice(page.indexOf("| template |"), page.indexOf("## Helpers"));
  const named = [...rows.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, names]) => names!.replaceAll("`", "").split(", "));
  assert.equal(named.sort(), files.sort());
});

test("the page's own template makes what it says", () => {
  const template = /```hbs\n([\s\S]*?)```/.exec(page)![1]!;
  const schema = 'syntax = "proto3";\npackage a.v1;\nservice S {\n  rpc Do(R) returns (R);\n}\nmessage R {}\n';
  const files = { "zgen.json": '{ "templates": "t" }', "schemas/a/v1/a.proto": schema, "t/docs.hbs": template };
  return withFolder(files, async (folder) => assert.is((await zgen(folder, "docs")).out, "a.v1.S/Do;0;false"));
});

test("a template of a user's own takes the place of zgen's, the others stay", () => {
  const own = 'export const {{name}} = { type: {{runtime "MessageType"}} as never, full: {{fullName}} };\n';
  const schema = 'syntax = "proto3";\npackage a.v1;\nenum E {\n  E_UNSPECIFIED = 0;\n}\nmessage R {}\n';
  const files = { "zgen.json": '{ "templates": "t" }', "schemas/a/v1/a.proto": schema, "t/message.hbs": own };
  return withFolder(files, async (folder) => {
    assert.is((await zgen(folder, "generate")).code, 0);
    const text = readFileSync(`${folder}/generated/a/v1/a.ts`, "utf8");
    assert.match(text, /import type \{ MessageType \} from "zserver\/codec";/);
    assert.match(text, /export const R = \{ type: MessageType as never, full: "a\.v1\.R" \};/);
    assert.match(text, /export const E = \{\n {2}E_UNSPECIFIED: 0,\n\} as const;/);
  });
});

test.run();
