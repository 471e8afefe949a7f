import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fingerprintsOf } from "../../codegen/describe/fingerprint.ts";
import { FieldType } from "../../generated/zserver/protocol/v1/schema.ts";
import { toHex } from "../../runtime/bytes/hex.ts";
import { descriptionLimits } from "../../runtime/schema/compatibility/description-limits.ts";
import { wider } from "../../runtime/schema/compatibility/compare-fields.ts";
import { modelOf } from "../codegen/emit/kitchen.ts";

const test = suite("docs/protocol, schemas");
const text = readFileSync(new URL("../../docs/PROTOCOL.md", import.meta.url), "utf8");

const example = (name: string): string => new RegExp(`<!-- example: ${name} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``).exec(text)![1]!;

test("the example's schema has the description and the fingerprints that the page says", () => {
  const { root, services } = fingerprintsOf(modelOf({ "shop/v1/shop.proto": example("schema") }));
  const { description, fingerprint } = services.get("shop.v1.Shop")!;
  const lines = [`description  ${toHex(description)}`, `fingerprint  ${toHex(fingerprint)}`, `root         ${toHex(root)}`];
  assert.is(example("description"), `${lines.join("\n")}\n`);
});

test("the table of types is the code's", () => {
  const names = new Map(Object.entries(FieldType).map(([name, type]) => [type as FieldType, name]));
  const rows = [...wider].map(([written, fits]) => `| ${names.get(written)} | ${fits.map((type) => names.get(type)).join(", ")} |`);
  assert.ok(text.includes(`| written | fits in |\n|---|---|\n${rows.join("\n")}\n\n`), rows.join("\n"));
});

test("the limits of descriptions are the code's", () => {
  const { bytes, commands, details, messages, fields, enumNumbers } = descriptionLimits;
  const number = (value: number): string => value.toLocaleString("en");
  const said = `${number(bytes)} bytes, ${number(commands)} commands, ${number(details)} errors, ${number(messages)} messages, ${number(fields)} fields and ${number(enumNumbers)} numbers of enums`;
  assert.ok(text.includes(`at most ${said}.`), said);
});

test.run();
