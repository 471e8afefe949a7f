import { connect, implement } from "zserver";
import { Greeter, Guest } from "./generated/demo/v1/greeter.ts";
import { serverKey } from "./server-key.ts";

const client = await connect({
  endpoints: [process.argv[2] ?? "ws://localhost:7000"],
  serverKey,
  handlers: [
    implement(Guest, {
      greeted({ name }) {
        console.log(`the server says that it greeted ${name}`);
      },
    }),
  ],
});

const greeter = client.use(Greeter);
const { greeting } = await greeter.greet({ name: "world" });
console.log(greeting);
for await (const { number } of greeter.count({ to: 3 })) console.log(number);
await client.close();
