import { implement, loadIdentity, serve } from "zserver";
import { Greeter, Guest } from "./generated/demo/v1/greeter.ts";

const server = await serve({
  listen: [process.argv[2] ?? "ws://localhost:7000"],
  identity: loadIdentity("server.identity"),
  handlers: [
    implement(Greeter, {
      greet({ name }) {
        for (const session of server.sessions()) session.use(Guest).greeted({ name });
        return { greeting: `Hello, ${name}!` };
      },
      *count({ to }) {
        for (let number = 1; number <= to; number++) yield { number };
      },
    }),
  ],
});

console.log(`listening on ${server.endpoints[0]}`);
