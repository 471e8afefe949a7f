import { join } from "node:path";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../../codegen/emit/emit.ts";
import { kitchenFiles, modelOf } from "../kitchen.ts";
import { Workshop } from "../workshop.ts";

const test = suite("emit/json/bundle");
const workshop = new Workshop();
test.after(() => workshop.remove());
workshop.add("kit", emitSchema(modelOf(kitchenFiles), { importExtension: ".ts", json: true }));

/** What a bundler makes of a page with this code. */
async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(workshop.folder, "kit/kit"), loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["source"],
    treeShaking: true,
    write: false,
  });
  return outputFiles[0]!.text;
}

const json = /Json\b|[bB]ase64|useProtoFieldName|alwaysEmitImplicit/;

test("a page that encodes and decodes carries no JSON", async () => {
  const page = await bundle(`import { encode, decode } from "zserver/codec";
    import { Scalars } from "./three.ts";
    globalThis.page = decode(Scalars, encode(Scalars, {}));`);
  assert.ok(page.includes("writeScalars"));
  assert.is(json.exec(page), null);
});

test("a page that writes one message as JSON carries no other", async () => {
  const page = await bundle(`import { leafToJson } from "./leaf.json.ts"; globalThis.page = leafToJson({});`);
  assert.ok(page.includes("writeLeafJson"));
  const three = await bundle(`import { boundedToJson } from "./three.json.ts"; globalThis.page = boundedToJson({});`);
  assert.ok(three.includes("writeBoundedJson"));
  for (const other of ["writeScalarsJson", "readColorJson", "Timestamp", "writeAnyJson", "parseJson"])
    assert.not.ok(three.includes(other), other);
});

test.run();
