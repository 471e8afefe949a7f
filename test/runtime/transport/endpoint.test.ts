import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { parseEndpoint, parseListenEndpoint } from "../../../runtime/transport/endpoint.ts";

const test = suite("transport/endpoint");

test("an address to dial is read", () => {
  assert.equal(parseEndpoint("ws://localhost:7000"), {
    scheme: "ws",
    url: "ws://localhost:7000/",
    host: "localhost",
    port: 7000,
    path: "/",
  });
  assert.equal(parseEndpoint("WSS://Game.Example/a/b?c=d"), {
    scheme: "wss",
    url: "wss://game.example/a/b?c=d",
    host: "game.example",
    port: 443,
    path: "/a/b?c=d",
  });
  assert.is((parseEndpoint("ws://[2001:db8::1]:80/") as { host: string; port: number }).host, "2001:db8::1");
  assert.is((parseEndpoint("ws://[2001:db8::1]:80/") as { host: string; port: number }).port, 80);
  assert.is((parseEndpoint("ws://game.example") as { port: number }).port, 80);
  assert.equal(parseEndpoint("TCP://Game.Example:80/"), { scheme: "tcp", url: "tcp://game.example:80", host: "game.example", port: 80 });
  assert.equal(parseEndpoint("tls://[2001:DB8::1]:7000"), {
    scheme: "tls",
    url: "tls://[2001:db8::1]:7000",
    host: "2001:db8::1",
    port: 7000,
  });
  for (const path of ["/run/Game.sock", "game.sock", "./a b#c?d", "\\\\.\\pipe\\game", "//./pipe/game"])
    assert.equal(parseEndpoint(`unix:${path}`), { scheme: "unix", url: `unix:${path}`, path });
  assert.equal(parseEndpoint("memory:lobby-1"), { scheme: "memory", url: "memory:lobby-1", name: "lobby-1" });
});

test("an address to listen on is read", () => {
  assert.equal(parseListenEndpoint("ws://[::]:0/game"), { scheme: "ws", url: "ws://[::]:0/game", host: "::", port: 0, path: "/game" });
  assert.is((parseListenEndpoint("ws://0.0.0.0:80") as { port: number }).port, 80);
  assert.equal(parseListenEndpoint("tcp://[::]:0"), { scheme: "tcp", url: "tcp://[::]:0", host: "::", port: 0 });
  for (const text of ["memory:lobby", "unix:/run/game.sock", "wss://localhost:7000"])
    assert.is(parseListenEndpoint(text).scheme, text.split(":")[0]);
});

test("an endpoint that is no URL is taken as it is", async () => {
  const reason = new Error("not today");
  const endpoint = parseEndpoint({ name: "mine", dial: () => Promise.reject(reason) });
  assert.is(endpoint.scheme === "custom" && endpoint.url, "mine");
  if (endpoint.scheme !== "custom") return;
  await endpoint.dial({ clock: systemClock }).then(
    () => assert.unreachable(),
    (error) => assert.is(error, reason),
  );
  for (const wrong of [{}, { name: "mine" }, { dial: () => {} }, null, ["ws://localhost:7000"]])
    assert.throws(() => parseEndpoint(wrong as never), /`endpoints`: /);
});

test("what is wrong with an address is said, with the option and a remedy", () => {
  const table: [text: string, message: RegExp][] = [
    ["localhost:7000", /`endpoints`: "localhost:7000": the scheme localhost: is unknown; an endpoint looks like "ws:/],
    ["http://localhost:7000", /the scheme http: is unknown/],
    ["//localhost", /the scheme is missing/],
    ["", /the scheme is missing/],
    ["ws://", /that is no URL/],
    ["ws:localhost:7000", /that is no URL/],
    ["ws:///path", /that is no URL/],
    ["ws://a b", /that is no URL/],
    ["ws://localhost:99999", /that is no URL/],
    ["ws://localhost:0", /port 0 can only be listened on/],
    ["ws://localhost/#x", /no fragment/],
    ["tcp://localhost", /the port is missing; write for example "tcp:\/\/localhost:7000"/],
    ["tcp://localhost:0", /port 0 can only be listened on/],
    ["tls://localhost:7000/path", /a tls: address ends with its port/],
    ["tcp://localhost:7000?a", /a tcp: address ends with its port/],
    ["tcp://localhost:7000#a", /a tcp: address ends with its port/],
    ["tcp:localhost:7000", /that is no URL/],
    ["tcp://:7000", /that is no URL/],
    ["unix:", /the path of a socket/],
    ["unix:///run/game.sock", /the path of a socket/],
    ["unix:/run/\0", /the path of a socket/],
    ["memory:", /a name of letters/],
    ["memory://lobby", /a name of letters/],
  ];
  for (const [text, message] of table) assert.throws(() => parseEndpoint(text), message, text);
  assert.throws(() => parseEndpoint(7 as never), /`endpoints`: 7/);
  assert.throws(() => parseEndpoint("http://x", "moveTo"), /`moveTo`/);
});

test("credentials are refused and not repeated", () => {
  for (const text of ["ws://me:secret@localhost:7000", "tls://me:secret@localhost:7000", "ws://me@localhost", "ws://:secret@localhost"]) {
    assert.throws(
      () => parseEndpoint(text),
      (error: Error) => /pass `credentials`/.test(error.message) && !/secret|me@/.test(error.message),
      text,
    );
  }
});

test("where to listen names its port and has no query", () => {
  assert.throws(
    () => parseListenEndpoint("ws://[::]"),
    /`listen`: "ws:\/\/\[::\]": the port is missing; write for example "ws:\/\/\[::\]:7000"/,
  );
  assert.throws(() => parseListenEndpoint("ws://localhost/path"), /"ws:\/\/localhost:7000"/);
  assert.throws(() => parseListenEndpoint("tcp://[::]"), /"tcp:\/\/\[::\]:7000"/);
  assert.throws(() => parseListenEndpoint("ws://localhost:7000/a?b"), /no query/);
});

test.run();
