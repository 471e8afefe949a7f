import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "../support/architecture/imports.ts";

const runtime = path.join(repository, "runtime");
const { exports } = JSON.parse(readFileSync(path.join(runtime, "package.json"), "utf8"));
const read = (file: string): string => readFileSync(path.join(runtime, file), "utf8");

/** The sources of the package's entries, as its manifest names them. */
const entries = [...JSON.stringify(exports).matchAll(/"source":"\.\/([\w.-]+)"/g)].map(([, file]) => file!);

/** What nobody but generated code imports: a function for each form of field, whose name says all. */
const forGeneratedCode = /(?:^|\/)support\.ts$/;

/** The names that a file hands on, with the file that each is from; not those of generated code, which has its schema's comments. */
function* handedOn(file: string): Generator<readonly [name: string, from: string]> {
  for (const [, everything, names, from] of read(file).matchAll(/^export (?:type )?(?:(\*)|\{([^}]*)\}) from "([^"]+)";/gm)) {
    const source = path.posix.join(path.posix.dirname(file), from!);
    if (source.startsWith("../") || forGeneratedCode.test(source)) continue;
    if (everything !== undefined) {
      for (const [, name] of read(source).matchAll(/^export (?:async )?(?:const|function|class|interface|type) (\w+)/gm))
        yield [name!, source];
      yield* handedOn(source);
    } else for (const name of names!.split(",")) if (name.trim() !== "") yield [name.trim().replace(/^type /, ""), source];
  }
}

/** Whether a docstring stands before the declaration of a name. */
function isDocumented(name: string, file: string): boolean {
  const declaration = new RegExp(`^export (?:abstract )?(?:async )?(?:const|function|class|interface|type) ${name}\\b`, "m");
  const source = read(file);
  const at = source.search(declaration);
  return at < 0 ? handsOn(name, file) : source.slice(0, at).endsWith("*/\n");
}

/** A name that comes through several files is documented where it is declared. */
function handsOn(name: string, file: string): boolean {
  const found = [...handedOn(file)].find(([handed]) => handed === name);
  return found !== undefined && isDocumented(...found);
}

const test = suite("docs/public-names");

test("every name that a program can import says what it is", () => {
  assert.ok(entries.length >= 8 && entries.every((file) => existsSync(path.join(runtime, file))));
  const names = new Map(entries.flatMap((file) => [...handedOn(file)]));
  assert.ok(names.size > 200, String(names.size));
  assert.equal(
    [...names].filter(([name, file]) => !isDocumented(name, file)).map(([name, file]) => `${file}: ${name}`),
    [],
  );
});

test.run();
