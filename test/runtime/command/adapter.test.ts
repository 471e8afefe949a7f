import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Lobby } from "../../../generated/example/lobby/v1/lobby.ts";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { adapt, mapItems } from "../../../runtime/command/adapter.ts";
import { implement } from "../../../runtime/command/handlers.ts";
import { type CommandType, serviceInfo, type ServiceType } from "../../../runtime/schema/service-type.ts";
import { collect } from "../../support/command/probe.ts";

const test = suite("command/adapter");

const echo = { request: () => ({}), reply: () => ({}) };

/** Probe with one of its commands declared otherwise. */
function declared(change: Partial<CommandType>): typeof Probe {
  const commands = { ...Probe.commands, echo: { ...Probe.commands.echo, ...change } } as typeof Probe.commands;
  return { commands, [serviceInfo]: Probe[serviceInfo] };
}

const refusals: readonly (readonly [what: string, make: () => unknown, message: RegExp])[] = [
  [
    "versions of different services",
    () => adapt(Lobby as ServiceType, Probe, {}),
    /example\.lobby\.v1\.Lobby is no earlier version of example\.probe\.v1\.Probe/,
  ],
  ["a command that one version does not have", () => adapt(Probe, Probe, { nothing: echo } as never), /no command "nothing" in common/],
  ["a command of another name", () => adapt(declared({ name: "x/Echo" }), Probe, { echo }), /no command "echo" in common/],
  [
    "a command that went another way",
    () => adapt(declared({ kind: "client_stream" }), Probe, { echo }),
    /"echo" was client_stream and is unary/,
  ],
  [
    "a request that is not converted",
    () => adapt(Probe, Probe, { echo: { reply: echo.reply } as never }),
    /Probe\/Echo has no function "request"/,
  ],
  [
    "a reply that is not converted",
    () => adapt(Probe, Probe, { echo: { request: echo.request } as never }),
    /Probe\/Echo has no function "reply"/,
  ],
];

for (const [what, make, message] of refusals) {
  test(`${what}: adapt throws TypeError`, () => {
    assert.throws(make, (error: unknown) => error instanceof TypeError && message.test(error.message));
  });
}

test("the conversion of a one-way has no reply", () => {
  assert.is(adapt(Probe, Probe, { note: { request: () => ({}) } }).commands.size, 1);
});

test("implement refuses adapters of another service, and options that it does not know", () => {
  const handlers = Object.fromEntries(Object.keys(Lobby.commands).map((method) => [method, () => ({})])) as never;
  assert.throws(
    () => implement(Lobby, handlers, { adapters: [adapt(Probe, Probe, {})] }),
    /implement\(example\.lobby\.v1\.Lobby\): an adapter is of example\.probe\.v1\.Probe/,
  );
  assert.throws(() => implement(Lobby, handlers, { adapter: [] } as never), /unknown option "adapter"/);
});

test("what a conversion leaves out has its default, and what it gets is whole", () => {
  const adapter = adapt(Probe, Probe, {
    echo: { request: ({ text }) => ({ text: `${text}!` }), reply: ({ text, number }) => ({ text: `${text} ${number}` }) },
  });
  const { lift, lower } = adapter.commands.get("example.probe.v1.Probe/Echo")!;
  assert.equal(lift({ text: "a", number: 7 }), { text: "a!", number: 0 });
  assert.equal(lower({ text: "b" }), { text: "b 0" });
});

/** An iterator that says what is done to it. */
function source(items: readonly number[]): { readonly log: string[]; readonly iterable: AsyncIterable<number> } {
  const log: string[] = [];
  const left = [...items];
  const iterator: AsyncIterator<number> = {
    async next() {
      log.push("next");
      return left.length > 0 ? { done: false, value: left.shift()! } : { done: true, value: undefined };
    },
    async return() {
      log.push("return");
      return { done: true, value: undefined };
    },
  };
  return { log, iterable: { [Symbol.asyncIterator]: () => iterator } };
}

test("items are converted one at a time, and the source is asked at once", async () => {
  const { log, iterable } = source([1, 2]);
  const mapped = mapItems(iterable, (item) => -(item as number));
  const first = mapped[Symbol.asyncIterator]().next();
  assert.equal(log, ["next"]);
  assert.equal(await first, { done: false, value: -1 });
  assert.equal(await collect(mapItems([1, 2, 3], String)), ["1", "2", "3"]);
});

test("a source whose items nobody wants any more is told, also when one cannot be converted", async () => {
  const left = source([1, 2, 3]);
  for await (const _ of mapItems(left.iterable, String)) break;
  assert.equal(left.log, ["next", "return"]);
  const failing = source([1, 2, 3]);
  const refuse = (): never => {
    throw new Error("no");
  };
  await collect(mapItems(failing.iterable, refuse)).then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, "no"),
  );
  assert.equal(failing.log, ["next", "return"]);
});

test.run();
