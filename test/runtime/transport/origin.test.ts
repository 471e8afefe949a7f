import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type OriginOptions, originRules, refuseOrigin } from "../../../runtime/transport/origin.ts";

const test = suite("transport/origin");

type Verdict = "allowed" | "allowedOrigins" | "allowedHosts";

function judge(origin: string | undefined, host: string | undefined, options: OriginOptions = {}): Verdict {
  const refusal = refuseOrigin({ origin, host }, originRules(options));
  if (refusal === undefined) return "allowed";
  assert.not.match(refusal, /\n/);
  return refusal.includes("`allowedHosts`") ? "allowedHosts" : "allowedOrigins";
}

const game: OriginOptions = { allowedOrigins: ["https://game.example", "http://dev.example:8080/"] };
const hosts: OriginOptions = { allowedHosts: ["game.example", "[2001:db8::7]"] };

const table: readonly (readonly [
  why: string,
  origin: string | undefined,
  host: string | undefined,
  options: OriginOptions,
  verdict: Verdict,
])[] = [
  ["no Origin is no browser", undefined, "anything.example", {}, "allowed"],
  ["no Origin and no Host", undefined, undefined, {}, "allowed"],

  ["a foreign page", "https://evil.example", "localhost:7000", {}, "allowedOrigins"],
  ["a foreign page to a host of ours", "https://evil.example", "game.example", hosts, "allowedOrigins"],
  ["a listed origin, whatever the host", "https://game.example", "relay.example:7000", game, "allowed"],
  ["a listed origin in capitals", "HTTPS://Game.Example", "relay.example", game, "allowed"],
  ["a listed origin with its default port", "https://game.example:443", "relay.example", game, "allowed"],
  ["a listed origin under another scheme", "http://game.example", "relay.example", game, "allowedOrigins"],
  ["a listed origin under another port", "https://game.example:8443", "relay.example", game, "allowedOrigins"],
  ["a subdomain of a listed origin", "https://evil.game.example", "relay.example", game, "allowedOrigins"],
  ["a listed origin as the prefix of a name", "https://game.example.evil.example", "relay.example", game, "allowedOrigins"],
  ["a listed origin as user name", "https://game.example@evil.example", "relay.example", game, "allowedOrigins"],
  ["a listed origin with port", "http://dev.example:8080", "relay.example", game, "allowed"],

  ["our own page on localhost", "http://localhost:7000", "localhost:7000", {}, "allowed"],
  ["our own page on a loopback address", "http://127.0.0.1:7000", "127.0.0.1:7000", {}, "allowed"],
  ["another loopback address", "http://127.9.9.9:7000", "127.9.9.9:7000", {}, "allowed"],
  ["our own page on the loopback address of IPv6", "http://[::1]:7000", "[::1]:7000", {}, "allowed"],
  ["another program's page on this machine", "http://localhost:3000", "localhost:7000", {}, "allowedOrigins"],
  ["a page of localhost to the address", "http://localhost:7000", "127.0.0.1:7000", {}, "allowedOrigins"],
  ["a name that begins like a loopback address", "http://127.0.0.1.evil.example", "127.0.0.1.evil.example", {}, "allowedHosts"],
  ["a name that ends in localhost", "http://evil.localhost", "evil.localhost", {}, "allowedHosts"],
  ["an address of this network", "http://192.168.1.5:7000", "192.168.1.5:7000", {}, "allowedHosts"],

  ["a name that DNS was made to point here", "http://rebound.example:7000", "rebound.example:7000", {}, "allowedHosts"],
  ["our own page under a name that we listed", "https://game.example", "game.example", hosts, "allowed"],
  ["the same with a port", "https://game.example:8443", "game.example:8443", hosts, "allowed"],
  ["the same, with the default port written out", "https://game.example", "game.example:443", hosts, "allowed"],
  ["a listed IPv6 address", "http://[2001:db8::7]", "[2001:db8:0::7]", hosts, "allowed"],
  ["a subdomain of a listed host", "https://www.game.example", "www.game.example", hosts, "allowedHosts"],
  ["our own page, and a Host that differs", "https://game.example", "other.example", hosts, "allowedOrigins"],
  ["our own page without a Host", "http://localhost:7000", undefined, {}, "allowedOrigins"],
  ["our own page, and a Host that is none", "http://localhost", "local host", {}, "allowedOrigins"],
  ["a Host with a user name", "http://localhost", "evil@localhost", {}, "allowedOrigins"],

  ["an opaque origin", "null", "localhost:7000", {}, "allowedOrigins"],
  ["an opaque origin that is listed", "null", "localhost:7000", { allowedOrigins: ["null"] }, "allowed"],
  ["an empty origin", "", "localhost:7000", {}, "allowedOrigins"],
  ["two origins", "http://localhost:7000, http://evil.example", "localhost:7000", {}, "allowedOrigins"],
  ["a desktop shell that is listed", "capacitor://localhost", "game.example", { allowedOrigins: ["capacitor://localhost"] }, "allowed"],
  ["another desktop shell", "app://localhost", "game.example", { allowedOrigins: ["capacitor://localhost"] }, "allowedOrigins"],
];

for (const [why, origin, host, options, verdict] of table) {
  test(`${why}: ${verdict === "allowed" ? "may connect" : `is told of ${verdict}`}`, () =>
    assert.is(judge(origin, host, options), verdict));
}

test("an origin or a host that is none is refused at once, with an example", () => {
  for (const origin of [
    "game.example",
    "*",
    "",
    "https://game.example/path",
    "https://game.example?x",
    "https://me@game.example",
    "https://",
  ]) {
    assert.throws(() => originRules({ allowedOrigins: [origin] }), /`allowedOrigins`: .* looks like "https:\/\/game\.example"/, origin);
  }
  for (const host of ["https://game.example", "game.example:443", "", "a b", "game.example/", "me@game.example"]) {
    assert.throws(() => originRules({ allowedHosts: [host] }), /`allowedHosts`: .* looks like "game\.example"/, host);
  }
});

test("each refusal is told once, and only the first: strangers may show as many origins as they like", () => {
  const told: string[] = [];
  const rules = originRules({}, (why) => void told.push(why));
  for (let index = 0; index < 200; index++) {
    const why = refuseOrigin({ origin: `http://localhost:${8000 + (index >> 1)}`, host: "localhost:7000" }, rules)!;
    rules.refused?.(why);
  }
  rules.refused?.("x".repeat(100_000));
  assert.is(told.length, 16);
  assert.is(told[0], "pages of http://localhost:8000 may not connect: list it in `allowedOrigins` if they should");
  assert.is(new Set(told).size, 16);
});

test.run();
