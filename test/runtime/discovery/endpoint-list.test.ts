import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type EndpointInit, MAX_ENDPOINTS, parseEndpointList } from "../../../runtime/discovery/endpoint-list.ts";

const test = suite("discovery/endpoint-list");

test("takes URLs, with and without a priority", () => {
  const list = parseEndpointList(["ws://a.test:7000", { url: "wss://b.test", priority: 3 }, { url: "memory:c" }]);
  assert.equal(
    list.map(({ endpoint: { url }, priority }) => [url, priority]),
    [
      ["ws://a.test:7000/", 0],
      ["wss://b.test/", 3],
      ["memory:c", 0],
    ],
  );
});

test("says what is wrong with a list", () => {
  const many = Array.from({ length: MAX_ENDPOINTS + 1 }, (_, index) => `ws://h${index}.test:1`);
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [[], /`endpoints` is a list of at least one URL/],
    ["ws://a.test", /`endpoints` is a list/],
    [many, /has 65 entries; 64 are the most/],
    [["ws://a.test", "ws://a.test:80/"], /ws:\/\/a\.test\/ is there twice/],
    [[{ url: "ws://a.test", prio: 1 }], /unknown option "prio"/],
    [[{ url: "ws://a.test", priority: -1 }], /priority is a whole number from 0 to 65535, not -1/],
    [[{ url: "ws://a.test", priority: 0.5 }], /not 0\.5/],
    [[{ url: "ws://a.test", priority: 65_536 }], /not 65536/],
    [[{}], /`endpoints`: undefined/],
    [[null], /`endpoints`: null/],
    [["http://a.test"], /the scheme http: is unknown/],
  ];
  for (const [list, message] of wrong) assert.throws(() => parseEndpointList(list as EndpointInit[]), message);
  assert.is(parseEndpointList(many.slice(1)).length, MAX_ENDPOINTS);
});

test.run();
