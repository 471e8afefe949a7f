import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Adaptation } from "../../../runtime/command/adapter.ts";
import type { Interceptor } from "../../../runtime/command/interceptor.ts";
import { makeRegistry, type Registration, resolveCommand } from "../../../runtime/command/registry.ts";
import type { SessionSchemas } from "../../../runtime/command/schema/session-schemas.ts";
import { kindNumbers } from "../../../runtime/session/frame.ts";
import { probe } from "../../support/command/probe.ts";

const NOTE = "example.probe.v1.Probe/Note";
const pass: Interceptor = (call, next) => next(call);

/** What the one-way stands for in a session whose peer has another form of it, or not. */
function resolved(interceptors: readonly Interceptor[], adaptation?: Adaptation, kind: number = kindNumbers.one_way): Registration {
  const schemas = { handleRefusal: () => undefined, adaptation: () => adaptation } as unknown as SessionSchemas;
  return resolveCommand(makeRegistry("SERVER", [probe()], interceptors), NOTE, kind, schemas, undefined);
}

const test = suite("command/registry");

test("a one-way is called without more ado where nothing stands before its handler: no interceptor, no other form of the peer's", () => {
  const adaptation = {} as Adaptation;
  assert.ok(resolved([]).direct);
  assert.not(resolved([pass]).direct);
  const adapted = resolved([], adaptation);
  assert.not(adapted.direct);
  assert.is(adapted.adaptation, adaptation);
});

test("a name that came as another kind is refused, and the refusal names both", () => {
  const { refusal } = resolved([], undefined, kindNumbers.unary);
  assert.is(refusal?.code, "SCHEMA_MISMATCH");
  assert.match(refusal!.message, /Note is one_way here, not unary/);
});

test.run();
