import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WorkerProcess } from "../../bench/support/worker-process.ts";
import { caught } from "../support/command/assert-error.ts";

/** Answers what it is asked; told to, it ends right behind its answer. */
const child = `
process.send("hello");
process.on("message", ({ last }) => process.send("answer", () => last && (console.error("my reason"), process.exit(3))));
`;

let folder = "";

const test = suite("bench/worker-process");

test.before.each(() => {
  folder = mkdtempSync(path.join(tmpdir(), "zserver-bench-"));
});
test.after.each(() => rmSync(folder, { recursive: true }));

async function start(): Promise<WorkerProcess> {
  const file = path.join(folder, "child.mjs");
  writeFileSync(file, child);
  return (await WorkerProcess.start<string>("it", pathToFileURL(file), []))!.process;
}

test("a process that ended while nothing was asked of it is told by the next question: how, and what it said", async () => {
  const process = await start();
  assert.is(await process.ask({}), "answer");
  assert.is(await process.ask({ last: true }), "answer");
  await process.ended;
  for (let question = 0; question < 2; question += 1)
    assert.match(String(await caught(process.ask({}))), /it ended \(code 3\) while it was measured:\nmy reason/);
});

test("a process that is stopped because of another one tells that one's end", async () => {
  const process = await start();
  process.stop("the other one broke");
  assert.match(String(await caught(process.ask({}))), /the other one broke/);
});

test("work that nothing can settle any more ends with a sentence and code 1, and what was settled with neither", () => {
  const module = new URL("../../bench/support/settled.ts", import.meta.url).href;
  const run = (work: string): [number | null, string] => {
    const script = `const { settled } = await import(${JSON.stringify(module)}); settled("broadcast", ${work}).catch(() => {});`;
    const args = ["--import", "tsx", "--conditions=source", "--input-type=module", "-e", script];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    return [status, stderr];
  };
  assert.equal(run("new Promise(() => {})"), [1, "broadcast ended before it was done: it waited for something that can no longer come\n"]);
  for (const work of ["Promise.resolve(1)", 'Promise.reject(new Error("told elsewhere"))']) assert.equal(run(work), [0, ""]);
});

test.run();
