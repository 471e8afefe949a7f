import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseFileLocation } from "../../../codegen/cli/file-location.ts";

const test = suite("cli/file-location");

const remote = (endpoint: string, path: string): object => ({ type: "remote", endpoint, path });

test("an endpoint, and a path behind it or behind #", () => {
  const cases: Readonly<Record<string, object>> = {
    "tcp://localhost:7000/public/a.txt": remote("tcp://localhost:7000", "public/a.txt"),
    "tls://[::1]:7000/public/": remote("tls://[::1]:7000", "public/"),
    "ws://host:80/public/a%20b%2520%23": remote("ws://host:80", "public/a b%20#"),
    "wss://host/socket#public/a": remote("wss://host/socket", "public/a"),
    "unix:/run/files.sock#public/a": remote("unix:/run/files.sock", "public/a"),
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(parseFileLocation(text), expected, text);
});

test("all else is a path here", () => {
  for (const path of ["a", "./tcp:/a", "C:\\a", "C:/a", "a#b", "/tcp://x", "http://host/a"])
    assert.equal(parseFileLocation(path), { type: "local", path });
});

test("an endpoint without a file is told so", () => {
  for (const text of ["tcp://localhost:7000", "tcp://localhost:7000/", "unix:/run/files.sock", "wss://host/socket#"])
    assert.throws(() => parseFileLocation(text), /names no file/);
  assert.throws(() => parseFileLocation("tcp://h:1/public/50%"), /percent sign is %25/);
});

test.run();
