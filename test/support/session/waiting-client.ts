// A program that connects, says so, and then does nothing but look at its session.
import { connect } from "../../../runtime/index.ts";

const [url, serverKey, what] = process.argv.slice(2);
const client = await connect({ endpoints: [url!], serverKey: serverKey!, retentionMs: 1_000, backoffBaseMs: 200, log: () => {} });
client.closed.then(({ reason }) => console.log(reason));
for await (const { type } of client.status()) {
  console.log(type);
  if (type === "disconnected" && what === "close") void client.close();
}
