import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explainImport } from "./support/architecture/floors.ts";
import { type Import, importsOf, type SourceFile, sourceFiles } from "./support/architecture/imports.ts";
import { functionSizes } from "./support/architecture/sizes.ts";
import { note } from "./support/report.ts";

/** Lines of a file above which it holds more than one concept, whoever argues for it. */
const FILE_LINES = 400;
/** Lines of a function above which the run names it. */
const FUNCTION_LINES = 60;

const runtime = sourceFiles("runtime");
const codegen = sourceFiles("codegen");
const own = [...runtime, ...codegen, ...sourceFiles("examples"), ...sourceFiles("bench"), ...sourceFiles("scripts")];

function mentions(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ name, text }) =>
    text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${name}:${index + 1}: ${line.trim()}`] : [])),
  );
}

const test = suite("architecture");

test("a file imports only its own floor or lower ones", () => {
  const upward = [...runtime, ...codegen].flatMap(importsOf).flatMap((edge) => {
    const why = explainImport(edge);
    return why === undefined ? [] : [`${edge.from} imports ${edge.to}: ${why}`];
  });
  assert.equal(upward, []);
});

test("the check of floors sees what goes up", () => {
  const edge = (from: string, to: string, typeOnly = false): Import => ({ from, to, typeOnly });
  assert.match(explainImport(edge("runtime/bytes/reader.ts", "runtime/session/frame.ts")) ?? "", /floor 1 reaches up to floor 4/);
  assert.match(explainImport(edge("runtime/channel/record.ts", "runtime/index.ts", true)) ?? "", /floor 3 reaches up to floor 7/);
  assert.match(explainImport(edge("runtime/codec.ts", "codegen/model/schema.ts")) ?? "", /nothing of build time/);
  assert.match(explainImport(edge("codegen/model/schema.ts", "codegen/read/index.ts")) ?? "", /must not use/);
  assert.is(explainImport(edge("runtime/schema/descriptor.ts", "generated/zserver/x.ts", true)), undefined);
  assert.match(explainImport(edge("runtime/schema/descriptor.ts", "generated/zserver/x.ts")) ?? "", /floor 1 reaches up/);
  assert.is(explainImport(edge("runtime/session/frame.ts", "generated/zserver/x.ts")), undefined);
});

test("imports are found in every form", () => {
  const text = `import type { A } from "./a.ts";\nimport {\n  b,\n} from "../b.ts";\nexport * from "ws";\nimport "./c.ts";\nconst d = await import("zserver/codec");\n`;
  const found = importsOf({ name: "runtime/bytes/x.ts", text }).map(({ to, typeOnly }) => [to, typeOnly]);
  const expected = [
    ["runtime/bytes/a.ts", true],
    ["runtime/b.ts", false],
    ["ws", false],
    ["runtime/bytes/c.ts", false],
    ["runtime/codec.ts", false],
  ];
  assert.equal(found, expected);
});

test("channel/, session/ and discovery/ touch neither time, nor chance, nor the network", () => {
  const forbidden =
    /Date\.now|new Date|setTimeout|setInterval|setImmediate|queueMicrotask|performance\.|Math\.random|getRandomValues|["']node:|["']ws["']/;
  assert.equal(
    mentions(
      runtime.filter(({ name }) => /^runtime\/(channel|session|discovery)\//.test(name)),
      forbidden,
    ),
    [],
  );
});

test("the runtime makes no code at run time", () => {
  assert.equal(mentions(runtime, /\beval\(|new Function\b|\bFunction\(/), []);
});

test("what a browser loads imports nothing of Node", () => {
  const files = new Map([...runtime, ...sourceFiles("generated")].map((file) => [file.name, file]));
  const seen = new Set<string>();
  const visit = (name: string, path: string): string[] => {
    const file = files.get(name);
    if (seen.has(name)) return [];
    seen.add(name);
    if (file === undefined) return /^node:|^ws$|^sodium-native$/.test(name) ? [path] : [];
    return importsOf(file)
      .filter(({ typeOnly }) => !typeOnly)
      .flatMap(({ to }) => visit(to, `${path} → ${to}`));
  };
  assert.ok(files.has("runtime/browser.ts"));
  assert.equal(
    [
      ...visit("runtime/browser.ts", "runtime/browser.ts"),
      ...visit("runtime/codec.ts", "runtime/codec.ts"),
      ...visit("runtime/json.ts", "runtime/json.ts"),
    ],
    [],
  );
});

test("nothing is left open, and nothing escapes the types", () => {
  assert.equal(mentions(own, /\b(?:TODO|FIXME|XXX|HACK)\b|@ts-ignore|@ts-nocheck|\bas any\b|: any\b/), []);
});

test("no file holds more than one concept's worth of lines", () => {
  const sized = own.map(({ name, text }) => ({ name, lines: text.split("\n").length - 1 })).sort((a, b) => a.lines - b.lines);
  const median = sized[sized.length >> 1]?.lines;
  const longest = sized.at(-1);
  note(`${sized.length} source files, median ${median} lines, longest ${longest?.lines} (${longest?.name})`);
  assert.equal(
    sized.filter(({ lines }) => lines > FILE_LINES),
    [],
  );
});

test("long functions are named", () => {
  const sample = `export function long(a: number): number {\n${"  a += 1;\n".repeat(70)}  return a;\n}\n`;
  assert.equal(functionSizes({ name: "x.ts", text: sample }), [{ where: "x.ts:1", lines: 73 }]);
  for (const { where, lines } of own.flatMap(functionSizes)) if (lines > FUNCTION_LINES) note(`${where}: a function of ${lines} lines`);
});

test.run();
