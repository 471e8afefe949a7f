import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Player } from "../../../generated/example/lobby/v1/lobby.ts";
import * as hostile from "../../../generated/example/probe/v1/names.ts";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { Reader } from "../../../runtime/bytes/reader.ts";
import { Writer } from "../../../runtime/bytes/writer.ts";
import { type Implementation, implement } from "../../../runtime/command/handlers.ts";
import { CommandNames, CommandNumbers } from "../../../runtime/command/names.ts";
import { makeRegistry } from "../../../runtime/command/registry.ts";
import type { CommandType, ServiceType } from "../../../runtime/schema/service-type.ts";
import { ProtocolError } from "../../../runtime/session/protocol-error.ts";
import { connectPeers } from "../../support/command/peers.ts";

/** What the hostile services have in common. */
type CallService = ServiceType<
  { call(request: hostile.NameInit): Promise<hostile.Name> },
  { readonly call: CommandType<hostile.Name, hostile.NameInit, hostile.Name, hostile.NameInit, "unary", false> }
>;

const { echo, note } = Probe.commands;

function written(write: (writer: Writer) => void): Reader {
  const writer = new Writer();
  write(writer);
  return new Reader(writer.finish());
}

const test = suite("command/names");

test("a name travels once, then a number does", () => {
  const names = new CommandNames();
  const numbers = new CommandNumbers({ commandNames: 10, names: 0, resolve: (name, kind) => `${name} ${kind}` });
  let introduced = 0;
  const travel = (command: typeof echo | typeof note): [entry: string, bytes: number] => {
    const number = names.number(command);
    const reader = written((writer) => names.write(writer, command, number));
    if (number === 0) {
      names.introduced(command);
      introduced++;
    }
    return [numbers.read(reader), reader.end];
  };
  const first = travel(echo);
  assert.is(first[0], "example.probe.v1.Probe/Echo 0");
  assert.ok(first[1] > 20);
  assert.equal(travel(note)[0], "example.probe.v1.Probe/Note 1");
  assert.equal(travel(echo), ["example.probe.v1.Probe/Echo 0", 1]);
  assert.equal(travel(note), ["example.probe.v1.Probe/Note 1", 1]);
  assert.is(introduced, 2);
});

test("a name whose frame was taken back is introduced again", () => {
  const names = new CommandNames();
  written((writer) => names.write(writer, echo, names.number(echo)));
  assert.is(names.number(echo), 0);
  assert.ok(written((writer) => names.write(writer, echo, names.number(echo))).end > 1);
});

test("a number that was never introduced, a name too many, too long or empty breaks the protocol", () => {
  const introduce = (name: string): Reader =>
    written((writer) => {
      writer.uint32(0);
      writer.string(name);
      writer.uint32(0);
    });
  const numbers = new CommandNumbers({ commandNames: 2, names: 0, resolve: (name) => name });
  const breaks = (reader: Reader, message: RegExp): void =>
    assert.throws(
      () => numbers.read(reader),
      (error: unknown) => error instanceof ProtocolError && message.test(error.message),
    );
  breaks(
    written((writer) => writer.uint32(1)),
    /command number 1 was never introduced/,
  );
  breaks(introduce(""), /a command name of 0 bytes/);
  breaks(introduce("x".repeat(513)), /a command name of 513 bytes; the limit is 512/);
  assert.is(numbers.read(introduce("x".repeat(512))).length, 512);
  numbers.read(introduce("a"));
  breaks(introduce("b"), /more than 2 command names were introduced \(limit commandNames\)/);
});

test("commands and services named like members of JavaScript's own work", async () => {
  const tell = (name: string) => () => ({ text: name });
  const names = implement(hostile.Names, {
    then$: tell("then"),
    toJSON$: tell("toJSON"),
    name: tell("name"),
    commands: tell("commands"),
    prototype: tell("prototype"),
    constructor$: tell("constructor"),
    toString$: tell("toString"),
    catch: tell("catch"),
    use() {},
  });
  const { constructor$, prototype } = hostile;
  const services = [hostile.then, hostile.toJSON, constructor$, prototype, hostile.name, hostile.commands] as readonly CallService[];
  const peers = await connectPeers({
    serve: { handlers: [names, ...services.map((service, index) => implement(service, { call: tell(`service ${index}`) }))] },
  });
  const proxy = peers.client.use(hostile.Names);
  const calls: [name: string, call: Promise<hostile.Name>][] = [
    ["then", proxy.then$({})],
    ["toJSON", proxy.toJSON$({})],
    ["name", proxy.name({})],
    ["commands", proxy.commands({})],
    ["prototype", proxy.prototype({})],
    ["constructor", proxy.constructor$({})],
    ["toString", proxy.toString$({})],
    ["catch", proxy.catch({})],
  ];
  for (const [name, call] of calls) assert.is((await peers.until(call)).text, name);
  await peers.until(proxy.use({}));
  for (const [index, service] of services.entries())
    assert.is((await peers.until(peers.client.use(service).call({}))).text, `service ${index}`);
  await peers.close();
});

test("a proxy may be awaited, returned from an async function and printed as JSON: nothing is called", async () => {
  const peers = await connectPeers();
  const returned = async (): Promise<unknown> => peers.client.use(hostile.Names);
  const proxy = peers.client.use(hostile.Names);
  assert.is(await proxy, proxy);
  assert.instance(await returned(), hostile.NamesProxy);
  assert.is(JSON.stringify(proxy), "{}");
  assert.is(String(proxy), "[object Object]");
  await peers.clock.settle(0);
  assert.is(peers.client.stats().commandsSent, 0);
  await peers.close();
});

test("a service of the wrong side, one that is given twice, and one with a handler missing are TypeErrors", async () => {
  const call = { call: () => ({}) };
  const registry = (side: "SERVER" | "CLIENT", ...handlers: Implementation[]): unknown => makeRegistry(side, handlers, []);
  assert.throws(() => registry("SERVER", implement(hostile.then, call), implement(hostile.then, call)), /then\/Call is implemented twice/);
  const player = implement(Player, { heard() {}, ready: () => ({}) });
  registry("CLIENT", player);
  assert.throws(() => registry("SERVER", player), /Player is handled by the other side \(its schema says side: CLIENT\)/);
  const peers = await connectPeers();
  assert.throws(() => peers.client.use(Player), /use\(example\.lobby\.v1\.Player\): the server does not handle this service/);
  peers.session.use(Player);
  await peers.close();
  assert.throws(() => implement(hostile.then, {} as never), /implement\(example\.probe\.v1\.then\): the command "call" has no handler/);
});

test.run();
