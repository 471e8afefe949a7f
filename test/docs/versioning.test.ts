import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { withFolder } from "../codegen/cli/support.ts";
import { stepsOf, Walk } from "../support/walkthrough.ts";

export const testTimeoutMs = 120_000;

const test = suite("docs/versioning");

const page = readFileSync(new URL("../../docs/VERSIONING.md", import.meta.url), "utf8");

test("whoever follows the page sees what it shows, step by step", () =>
  withFolder({}, async (folder) => {
    const walk = new Walk(folder);
    const steps = stepsOf(page);
    assert.ok(steps.length > 30);
    for (const step of steps) {
      const said = await walk.follow(step);
      if (step.kind === "run") assert.is(said, step.says, `$ ${step.command}`);
    }
    assert.is(await walk.typeErrors(), "");
  }));

test.run();
