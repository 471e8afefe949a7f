import { suite } from "uvu";
import * as assert from "uvu/assert";
import { phaseOf } from "../../bench/rpc/phases.ts";

const test = suite("bench/phases");

test("a function is of the phase in which a call passes it, from sources and from what was built", () => {
  assert.is(phaseOf("file:///x/runtime/session/outbox.ts", "end"), "frame");
  assert.is(phaseOf("runtime/session/outbox.ts", "end"), "frame");
  assert.is(phaseOf("runtime/channel/records.ts", "seal"), "seal and open");
  assert.is(phaseOf("file:///x/node_modules/sodium-native/index.js", "crypto_aead_chacha20poly1305_ietf_encrypt"), "seal and open");
  assert.is(phaseOf("runtime/command/caller.ts", "unary"), "dispatch");
  assert.is(phaseOf("runtime/time/timer-wheel.ts", "start"), "timers and clock");
  assert.is(phaseOf("file:///x/bench/rpc/zserver.ts", "echo"), "measurement");
});

test("generated code, readers and writers encode or decode", () => {
  assert.is(phaseOf("generated/example/shop/v1/order.ts", "writeEvent"), "encode");
  assert.is(phaseOf("generated/example/shop/v1/order.ts", "readEvent"), "decode");
  assert.is(phaseOf("runtime/bytes/writer.ts", "grow"), "encode");
  assert.is(phaseOf("runtime/bytes/utf8.ts", "putText"), "encode");
  assert.is(phaseOf("runtime/bytes/utf8.ts", "latin1Text"), "decode");
});

test("what is native counts to its caller, unless it has a phase of its own", () => {
  assert.is(phaseOf("", "latin1Slice"), undefined);
  assert.is(phaseOf("", "writeBuffer"), "write");
  assert.is(phaseOf("", "(garbage collector)"), "garbage collection");
  assert.is(phaseOf("node:internal/process/task_queues", "processTicksAndRejections"), "event loop");
  assert.is(phaseOf("node:internal/stream_base_commons", "onStreamRead"), "read");
});

test.run();
