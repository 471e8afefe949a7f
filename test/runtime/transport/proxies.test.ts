import { connect } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openGate } from "../../../runtime/transport/gate.ts";
import type { ListenOptions } from "../../../runtime/transport/listen.ts";
import type { RemoteAddress, Transport } from "../../../runtime/transport/transport.ts";
import { TrustedProxies, type TrustProxyOptions } from "../../../runtime/transport/trusted-proxies.ts";
import { selfSigned } from "../../support/transport/certificate.ts";
import { dialAt, listeningAt } from "../../support/transport/listening.ts";
import { proxyHeader, proxyTo, signature } from "../../support/transport/proxy.ts";

const certificate = selfSigned();
const local = ["127.0.0.0/8"];
const quiet = { onBytes() {}, onDrain() {}, onClose() {} };

/** Listens behind proxies, and notes whom the gate counted. */
async function behind(scheme: string, trusted: TrustProxyOptions, options: Partial<ListenOptions> = {}) {
  const counted: (RemoteAddress | undefined)[] = [];
  const gate = {
    enter(remote: RemoteAddress | undefined, cut: () => void) {
      if (remote !== undefined) counted.push(remote);
      return openGate.enter(remote, cut);
    },
    count(_place: unknown, remote: RemoteAddress) {
      counted.push(remote);
      return true;
    },
  };
  const listening = await listeningAt(`${scheme}://127.0.0.1:0`, {
    tls: certificate,
    gate,
    proxies: new TrustedProxies(trusted),
    ...options,
  });
  return { ...listening, counted, port: Number(new URL(listening.url.replace(/^\w+/, "http")).port) };
}

/** What arrives of `bytes` at the other end. */
function carried(from: Transport, to: Transport, bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve) => {
    let got: Uint8Array = new Uint8Array(0);
    from.start(quiet);
    to.start({
      ...quiet,
      onBytes(more) {
        got = Uint8Array.from([...got, ...more]);
        if (got.length >= bytes.length) resolve(got);
      },
    });
    from.write(bytes);
  });
}

/** Resolves when the server has cut a connection on which this was said. */
function cutAfter(port: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
}

const test = suite("transport/proxies");

for (const scheme of ["tcp", "tls", "ws", "wss"]) {
  test(`${scheme}: a trusted proxy's header says where the client is, and nothing of what follows is lost`, async () => {
    const { listener, accepted, counted, port } = await behind(scheme, { addresses: local, proxyProtocol: true });
    const proxy = await proxyTo(port, proxyHeader("203.0.113.9", 4711, [0x04, 0, 2, 1, 2]));
    const next = accepted();
    const client = await dialAt(`${scheme}://127.0.0.1:${proxy.port}`, { tls: { rejectUnauthorized: false } });
    const server = await next;
    assert.equal(server.remote, { address: "203.0.113.9", port: 4711 });
    assert.match(server.peer, /203\.0\.113\.9:4711/);
    assert.equal(counted, [server.remote]);
    const bytes = Uint8Array.from({ length: 5_000 }, (_, index) => index);
    assert.equal(await carried(client, server, bytes), bytes);
    client.destroy();
    server.destroy();
    proxy.close();
    await listener.close();
  });
}

test("a header may come in any pieces, with the client's first bytes behind it", async () => {
  const { listener, accepted, port } = await behind("tcp", { addresses: local, proxyProtocol: true });
  const whole = Buffer.concat([proxyHeader("203.0.113.9", 1), Buffer.from("first words")]);
  for (const size of [1, 5, 16, whole.length]) {
    const next = accepted();
    const socket = connect(port, "127.0.0.1");
    for (let at = 0; at < whole.length; at += size) {
      socket.write(whole.subarray(at, at + size));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    const server = await next;
    const got = await new Promise<string>((resolve) => {
      let text = "";
      server.start({
        ...quiet,
        onBytes(bytes) {
          text += Buffer.from(bytes).toString();
          if (text.length >= 11) resolve(text);
        },
      });
    });
    assert.is(got, "first words");
    socket.destroy();
    server.destroy();
  }
  await listener.close();
});

test("IPv6 clients, the proxy's own connections, and families without addresses", async () => {
  const { listener, accepted, port } = await behind("tcp", { addresses: local, proxyProtocol: true });
  const v6 = (bytes: readonly number[]): number[] => [...bytes, ...new Array<number>(16).fill(0), 0x10, 0x01, 0, 7];
  const headers: [number[], string | undefined][] = [
    [[0x21, 0x21, 0, 36, ...v6([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9])], "2001:db8::9"],
    [[0x21, 0x21, 0, 36, ...v6([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1])], "192.0.2.1"],
    [[0x20, 0x00, 0, 0], "127.0.0.1"],
    [[0x21, 0x00, 0, 3, 1, 2, 3], "127.0.0.1"],
  ];
  for (const [rest, address] of headers) {
    const next = accepted();
    const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from([...signature, ...rest])));
    const server = await next;
    assert.is(server.remote?.address, address);
    socket.destroy();
    server.destroy();
  }
  await listener.close();
});

test("a proxy whose header is missing, of version 1, malformed or too long is cut, and nothing is made of its connection", async () => {
  let accepted = 0;
  const { listener, port } = await behind("tcp", { addresses: local, proxyProtocol: true }, { accept: () => void accepted++ });
  const good = proxyHeader("203.0.113.9", 1);
  const cases: [string, Uint8Array][] = [
    ["no header", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["version 1", Buffer.from("PROXY TCP4 203.0.113.9 192.0.2.1 1 2\r\n")],
    ["version 3", good.with(12, 0x31)],
    ["command", good.with(12, 0x22)],
    ["datagrams", good.with(13, 0x12)],
    ["short", Buffer.from([...signature, 0x21, 0x11, 0, 4, 1, 2, 3, 4])],
    ["long", good.with(14, 0x10)],
  ];
  for (const [, bytes] of cases) await cutAfter(port, bytes);
  assert.is(accepted, 0);
  await listener.close();
});

test("whoever is no trusted proxy is taken as it is: what it says is not believed", async () => {
  const { listener, accepted, port } = await behind("tcp", { addresses: ["10.0.0.0/8"], proxyProtocol: true });
  const next = accepted();
  const header = proxyHeader("203.0.113.9", 1);
  const socket = connect(port, "127.0.0.1", () => socket.write(header));
  const server = await next;
  assert.is(server.remote?.address, "127.0.0.1");
  socket.destroy();
  server.destroy();
  await listener.close();
});

test("X-Forwarded-For of a trusted proxy is read from the right, past the proxies", async () => {
  const proxies = new TrustedProxies({ addresses: ["127.0.0.0/8", "10.0.0.0/8"], forwardedFor: true });
  const proxy = { address: "127.0.0.1", port: 5 };
  const cases: [string, string | undefined][] = [
    ["203.0.113.9", "203.0.113.9"],
    ["6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"],
    ["10.1.2.3, 10.0.0.1", "10.1.2.3"],
    ["203.0.113.9:1234", "203.0.113.9"],
    ["[2001:db8::1]:443", "2001:db8::1"],
    ["2001:DB8::1", "2001:db8::1"],
    ["", "127.0.0.1"],
    ["unknown", undefined],
    ["203.0.113.9, ", undefined],
    ["203.0.113.999", undefined],
  ];
  for (const [header, address] of cases) assert.is(proxies.clientOf(proxy, header)?.address, address, header);
});

test("a WebSocket's client is counted where X-Forwarded-For says it is, and only when a trusted proxy says so", async () => {
  const key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  const request = `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n\r\n`;
  for (const [addresses, address] of [
    [local, "203.0.113.9"],
    [["10.0.0.0/8"], "127.0.0.1"],
  ] as const) {
    const { listener, accepted, counted, port } = await behind("ws", { addresses, forwardedFor: true });
    const next = accepted();
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    const server = await next;
    assert.is(server.remote?.address, address);
    assert.equal(
      counted.map((remote) => remote?.address),
      [address],
    );
    socket.destroy();
    server.destroy();
    if (address === "203.0.113.9") await cutAfter(port, Buffer.from(request.replace("203.0.113.9", "nobody")));
    await listener.close();
  }
});

test("options that cannot be meant are refused", () => {
  const cases: [object, RegExp][] = [
    [{ addresses: [], proxyProtocol: true }, /lists the proxies/],
    [{ proxyProtocol: true }, /lists the proxies/],
    [{ addresses: local }, /set `proxyProtocol` or `forwardedFor`/],
    [{ addresses: ["everybody"], forwardedFor: true }, /"everybody" is neither/],
    [{ addresses: local, proxyProtocols: true }, /unknown option/],
  ];
  for (const [options, message] of cases) assert.throws(() => new TrustedProxies(options as TrustProxyOptions), message);
});

test.run();
