import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../codegen/emit/emit.ts";
import { methodName, moduleName, propertyName } from "../../../codegen/emit/identifier.ts";
import { fileNames } from "../../../codegen/emit/names.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { type CommandType, type ServiceType, serviceInfo } from "../../../runtime/schema/service-type.ts";
import { nasty } from "./nasty.ts";
import { command, enumeration, field, file, message, schema, service } from "./schema-builder.ts";
import { Workshop } from "./workshop.ts";

const test = suite("emit/names");
const workshop = new Workshop();
test.after(() => workshop.remove());
workshop.add("nasty", emitSchema(nasty, { importExtension: ".ts" }));

test("fields are named as in ProtoJSON, except for what every object has", () => {
  const names = ["said_at_ms", "fooBar", "foo__bar", "_foo", "to_string", "constructor", "__proto__", "_", "_1", "then", "class", "URL"];
  const expected = ["saidAtMs", "fooBar", "fooBar", "Foo", "toString$", "constructor$", "Proto", "_", "_1", "then", "class", "URL"];
  assert.equal(names.map(propertyName), expected);
});

test("commands step aside for what JavaScript itself calls", () => {
  const names = ["Join", "HTTPGet", "get_user", "Then", "ToJSON", "Constructor", "HasOwnProperty", "Catch", "Import", "Name", "Prototype"];
  const expected = [
    "join",
    "hTTPGet",
    "getUser",
    "then$",
    "toJSON$",
    "constructor$",
    "hasOwnProperty$",
    "catch",
    "import",
    "name",
    "prototype",
  ];
  assert.equal(names.map(methodName), expected);
});

test("types step aside for words of the language and for globals that generated code uses, not for others", () => {
  const names = ["Join", "Map", "string", "class", "type", "Date", "Error", "undefined"];
  assert.equal(names.map(moduleName), ["Join", "Map$", "string$", "class$", "type$", "Date", "Error", "undefined$"]);
});

test("a name is cleaned of all that is no identifier", () => {
  assert.is(moduleName('A"; injected()'), "A___injected__");
  assert.is(propertyName("1a"), "_1a");
});

test("derived names give way to declared ones, wherever those are declared", () => {
  const names = fileNames(
    file("a.proto", "a", {
      messages: [message("a.Leaf", []), message("a.LeafInit", []), message("a.Outer", [], { messages: [message("a.Outer.Leaf", [])] })],
      enums: [enumeration("a.writeLeaf", { A: 0 }), enumeration("a.Outer_Leaf", { B: 0 })],
      services: [service("a.Room", []), service("a.RoomProxy", [])],
    }),
  );
  assert.equal(names.messages.get("a.Leaf"), { type: "Leaf", init: "LeafInit$", write: "writeLeaf$", read: "readLeaf", defaults: "" });
  assert.equal(names.messages.get("a.LeafInit")?.init, "LeafInitInit");
  assert.equal(names.messages.get("a.Outer.Leaf")?.type, "Outer_Leaf");
  assert.equal(names.enums.get("a.Outer_Leaf")?.type, "Outer_Leaf$");
  assert.equal(names.services.get("a.Room")?.proxy, "RoomProxy$");
  assert.equal(names.services.get("a.RoomProxy")?.service, "RoomProxy");
});

test("two fields that collide after camel-casing stay apart", async () => {
  const { Fields } = await workshop.import("nasty/nasty/nasty.ts");
  const init = { fooBar: "a", fooBar$: { text: "b" }, fooBar$$: "c", constructor$: "d", toString$: "e" };
  const decoded = decode(Fields!, encode(Fields!, init as never));
  assert.is(decoded.fooBar, "a");
  assert.is((decoded.fooBar$ as { text: string }).text, "b");
  assert.is(decoded.fooBar$$, "c");
  assert.is(decoded.constructor$, "d");
  assert.is(decoded.toString$, "e");
});

test("an init without a field named like a member of Object.prototype does not send that member", async () => {
  const { Fields, Choice } = await workshop.import("nasty/nasty/nasty.ts");
  assert.is(encode(Fields!, {} as never).length, 0);
  assert.is(encode(Choice!, {} as never).length, 0);
});

test("no comment and no name of a schema becomes code", async () => {
  for (const path of ["nasty/nasty/nasty.ts", "nasty/nasty/other/user.ts"]) {
    const names = Object.keys(await workshop.import(path));
    assert.ok(names.length > 2);
    assert.not.ok(names.includes("injected"), path);
  }
});

test("a service holds nothing but its commands, and a proxy is no promise", async () => {
  const { Hurt } = (await workshop.import("nasty/nasty/nasty.ts")) as never as Record<
    string,
    ServiceType<object, Record<string, CommandType>>
  >;
  const found = Hurt!;
  assert.equal(Object.keys(found), ["commands"]);
  assert.is(found.commands.then$?.name, "nasty.Hurt/Then");
  assert.is(found.commands.then$?.method, "then$");
  assert.is(found.commands.commands?.name, "nasty.Hurt/Commands");
  const calls: string[] = [];
  const unary = (type: CommandType) => calls.push(type.name);
  const proxy = new found[serviceInfo].proxy({ unary } as never) as Record<string, ((request: object) => unknown) | undefined>;
  assert.is(proxy.then, undefined);
  assert.is(await Promise.resolve(proxy), proxy);
  for (const name of ["then$", "toJSON$", "prototype", "constructor$", "caller", "join", "join$"]) proxy[name]!({});
  const wireNames = ["Then", "ToJSON", "Prototype", "Constructor", "Caller", "Join", "join"];
  assert.equal(
    calls,
    wireNames.map((name) => `nasty.Hurt/${name}`),
  );
});

test("an enum has its values as own members, whatever they are called", async () => {
  const { Outer_Inner_Kind } = await workshop.import("nasty/nasty/nasty.ts");
  assert.equal({ ...Outer_Inner_Kind }, { __proto__$: 3, constructor: 0, toString: 1, default: 2, Kind: -1 });
});

test("a file outside of the folder of schemas is refused", () => {
  for (const name of ["../evil.proto", "/etc/evil.proto", "a/../../evil.proto"]) {
    const outside = schema(file(name, "evil", { messages: [message("evil.Evil", [field(1, "a", "string")])] }));
    assert.throws(() => emitSchema(outside, { importExtension: ".ts" }), /outside/);
  }
});

test("unknown options and templates throw", () => {
  assert.throws(() => emitSchema(schema(), { importExtension: ".ts", colour: 1 } as never), /Unknown option colour/);
  assert.throws(() => emitSchema(schema(), { importExtension: ".ts", templates: { massage: "" } as never }), /no template massage/);
});

test("a type that the schema does not declare is an error that names it", () => {
  const broken = schema(file("a.proto", "a", { services: [service("a.A", [command("Get", "a.Nothing", "a.Nothing")])] }));
  assert.throws(() => emitSchema(broken, { importExtension: ".ts" }), /a\.Nothing/);
});

test.run();
