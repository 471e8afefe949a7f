import { readFileSync } from "node:fs";
import { Project, ts } from "ts-morph";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../codegen/emit/emit.ts";
import { modelOf } from "./kitchen.ts";

const test = suite("emit/editor");

const schema = `syntax = "proto3";
package shop.v1;
service Shop {
  // Puts an order.
  rpc Put(Order) returns (Order);
}
message Order {
  // Who ordered.
  Customer customer = 1;
  // What the customer wrote.
  string note = 2;
}
message Customer {}
`;

const user = `import { Shop, type ShopHandlers, type ShopProxy, type OrderInit } from "./shop.ts";
declare const shop: ShopProxy;
shop.put({});
Shop.commands.put;
class Mine implements ShopHandlers { put() { return {}; } }
const mine: ShopHandlers = { put: () => ({}) };
const order: OrderInit = { customer: {}, note: "" };
`;

/** What the generated code refers to. */
const runtime = ["message-type", "service-type"].map((name) =>
  readFileSync(new URL(`../../../runtime/schema/${name}.ts`, import.meta.url), "utf8"),
);

/** What an editor shows where the mouse is over `name` in the line that begins with `line`. */
function shown(project: Project, line: string, name: string): string {
  const at = user.indexOf(name, user.indexOf(`\n${line}`) + 1);
  const info = project.getLanguageService().compilerObject.getQuickInfoAtPosition("/user.ts", at);
  return ts.displayPartsToString(info?.documentation ?? []);
}

test("the comment of a command or a field stands once in the code, and editors show it wherever the name is used", () => {
  const compilerOptions = { strict: true, module: 199, moduleResolution: 99, allowImportingTsExtensions: true, noEmit: true };
  const project = new Project({ useInMemoryFileSystem: true, compilerOptions });
  project.createSourceFile("/runtime.ts", runtime.join("\n"));
  const files = emitSchema(modelOf({ "shop.proto": schema }), { importExtension: ".ts", runtimeImport: "./runtime.ts" });
  for (const { path, text } of files) project.createSourceFile(`/${path}`, text);
  project.createSourceFile("/user.ts", user);
  for (const comment of ["Puts an order.", "Who ordered.", "What the customer wrote."]) {
    assert.is(project.getSourceFileOrThrow("/shop.ts").getFullText().split(comment).length - 1, 1, comment);
  }
  for (const [line, name] of [
    ["shop.put", "put"],
    ["Shop.commands", "put"],
    ["class Mine", "put"],
    ["const mine", "put"],
  ] as const) {
    assert.is(shown(project, line, name), "Puts an order.", line);
  }
  assert.is(shown(project, "const order", "customer"), "Who ordered.");
  assert.is(shown(project, "const order", "note"), "What the customer wrote.");
});

test.run();
