import { suite } from "uvu";
import * as assert from "uvu/assert";
import { firstReleases } from "../../../../codegen/evolve/difference/first-releases.ts";
import type { Schema } from "../../../../codegen/model/schema.ts";
import { modelOf } from "../../emit/kitchen.ts";

const state = (text: string): Schema => modelOf({ "a.proto": `syntax = "proto3"; package a; ${text}` });

const test = suite("evolve/difference/first-releases");

test("everything is as old as the first release that has it; a field's new name makes it no younger, and what was never released has no age", () => {
  const releases = [
    { version: "1.0.0", schema: state("service S { rpc Do(M) returns (M); } message M { string name = 1; } enum E { A = 0; }") },
    {
      version: "1.1.0",
      schema: state("service S { rpc Do(M) returns (M); rpc Go(M) returns (M); } message M { string name = 1; } enum E { A = 0; B = 1; }"),
    },
  ];
  const present = state(
    "service S { rpc Do(M) returns (M); rpc Go(M) returns (M); rpc Be(N) returns (N); } message M { string title = 1; string text = 2; } message N {} enum E { A = 0; B = 1; }",
  );
  assert.equal(Object.fromEntries(firstReleases(present, releases)), {
    "a.S": "1.0.0",
    "a.S.Do": "1.0.0",
    "a.S.Go": "1.1.0",
    "a.M": "1.0.0",
    "a.M.title": "1.0.0",
    "a.E": "1.0.0",
    "a.E.A": "1.0.0",
    "a.E.B": "1.1.0",
  });
});

test.run();
