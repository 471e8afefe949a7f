import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { reset } from "../../../runtime/transport/reset.ts";

/** What becomes of both ends of a connection when `cut` gets hold of the one that dialled. */
async function cutting(cut: (socket: Socket) => void): Promise<{ readonly errors: string[]; readonly peer: string }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  const [peer] = (await accepted) as [Socket];
  const ended = new Promise<string>((resolve) => {
    peer.on("error", ({ message }) => resolve(message));
    peer.on("close", () => resolve("an orderly end"));
    peer.resume();
  });
  const errors: string[] = [];
  socket.on("error", ({ message }) => errors.push(message));
  cut(socket);
  await once(socket, "close");
  const what = await ended;
  server.close();
  await once(server, "close");
  return { errors, peer: what };
}

const test = suite("transport/reset");

test("a connection in use is reset", async () => {
  const { errors, peer } = await cutting(reset);
  assert.equal(errors, []);
  assert.match(peer, /ECONNRESET/);
});

test("one whose own end is under way lets go of its descriptor too", async () => {
  const { errors } = await cutting((socket) => {
    socket.write("last words");
    socket.end();
    reset(socket);
  });
  assert.equal(errors, []);
});

test.run();
