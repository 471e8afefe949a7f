import { readFileSync, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generateAndReport, reportLines } from "../../../codegen/cli/generate.ts";
import { RoundMemory } from "../../../codegen/cli/round-memory.ts";
import type { Terminal } from "../../../codegen/cli/terminal.ts";
import { type Watcher, watch } from "../../../codegen/cli/watch.ts";
import { withFolder } from "./support.ts";

/** A watcher whose changes the test makes. */
class FakeWatcher {
  paths: readonly string[] = [];
  watches = 0;
  open = 0;
  change: () => void = () => {};

  readonly watch: Watcher = (paths, changed) => {
    this.paths = paths;
    this.watches++;
    this.open++;
    this.change = changed;
    return () => {
      this.open--;
    };
  };
}

/** Resolves with each round's number. */
class Rounds {
  count = 0;
  #wake: () => void = () => {};

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  done(): void {
    this.count++;
    this.#wake();
  }
}

const test = suite("cli/watch");

test("runs at once and after a change; many changes in a row are one", async () => {
  const watcher = new FakeWatcher();
  const rounds = new Rounds();
  const stop = new AbortController();
  const run = (paths: readonly string[]): readonly string[] => {
    rounds.done();
    return paths;
  };
  const watching = watch({ paths: ["a"], run, watcher: watcher.watch, signal: stop.signal });
  assert.is(rounds.count, 1);
  const second = rounds.next();
  for (let change = 0; change < 10; change++) watcher.change();
  await second;
  assert.is(rounds.count, 2);
  assert.equal([watcher.watches, watcher.open], [1, 1]);
  watcher.change();
  stop.abort();
  await watching;
  assert.equal([rounds.count, watcher.open], [2, 0]);
});

test("watches other paths when a round says so", async () => {
  const watcher = new FakeWatcher();
  const rounds = new Rounds();
  const stop = new AbortController();
  const run = (): readonly string[] => {
    rounds.done();
    return rounds.count === 1 ? ["a"] : ["b"];
  };
  const watching = watch({ paths: ["start"], run, watcher: watcher.watch, signal: stop.signal });
  assert.equal(watcher.paths, ["a"]);
  const second = rounds.next();
  watcher.change();
  await second;
  assert.equal([watcher.paths, watcher.watches, watcher.open], [["b"], 2, 1]);
  stop.abort();
  await watching;
});

test("a round reports what is wrong, goes on, and generates when it is mended", () =>
  withFolder({ "zgen.json": "{}", "schemas/a.proto": 'syntax = "proto3";\nmessage A { strong x = 1; }\n' }, async (folder) => {
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const terminal: Terminal = { cwd: folder, out: say, err: say, input: () => Readable.from([]) };
    const memory = new RoundMemory();
    const config = path.join(folder, "zgen.json");
    const schemas = path.join(folder, "schemas");
    assert.equal(generateAndReport(terminal, reportLines("text"), [config], memory), [config, path.join(folder, "zgen.lock"), schemas]);
    assert.match(said.join("\n"), "schemas/a.proto:2:13: ");
    writeFileSync(path.join(schemas, "a.proto"), 'syntax = "proto3";\nmessage A { string x = 1; }\n');
    generateAndReport(terminal, reportLines("text"), [config, schemas], memory);
    assert.match(readFileSync(path.join(folder, "generated/a.ts"), "utf8"), "readonly x: string");
    writeFileSync(config, "{");
    assert.equal(generateAndReport(terminal, reportLines("text"), ["kept"], memory), ["kept"]);
    assert.match(said.at(-1) ?? "", /^zgen generate: .*zgen\.json:1:\d+: /);
  }));

test("the real watcher sees a schema and the configuration change, and the first release", () =>
  withFolder({ "zgen.json": "{}", "schemas/a.proto": 'syntax = "proto3";\nmessage A {}\n' }, async (folder) => {
    const rounds = new Rounds();
    const stop = new AbortController();
    const run = (paths: readonly string[]): readonly string[] => {
      rounds.done();
      return paths;
    };
    const watching = watch({
      paths: ["zgen.json", "zgen.lock", "schemas"].map((name) => path.join(folder, name)),
      run,
      signal: stop.signal,
    });
    const changed = async (name: string, text: string): Promise<void> => {
      const next = rounds.next();
      writeFileSync(path.join(folder, name), text);
      await next;
    };
    await changed("schemas/a.proto", 'syntax = "proto3";\nmessage B {}\n');
    await changed("zgen.json", '{ "out": "made" }');
    await changed("zgen.lock", "");
    stop.abort();
    await watching;
  }));

test.run();
