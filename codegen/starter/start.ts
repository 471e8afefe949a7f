// npm start: a server and a client, each in a process of its own, on a port that is free. In two terminals: npm run server, npm run client.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const run = (file: string, ...args: string[]) =>
  spawn(process.execPath, ["--import", "tsx", file, ...args], { stdio: ["ignore", "pipe", "inherit"] });

const server = run("server.ts", "ws://localhost:0");
for await (const line of createInterface(server.stdout)) {
  console.log(`server: ${line}`);
  const endpoint = /^listening on (.+)$/.exec(line)?.[1];
  if (endpoint === undefined) continue;
  const client = run("client.ts", endpoint);
  createInterface(client.stdout).on("line", (text) => console.log(`client: ${text}`));
  const [code] = await once(client, "exit");
  process.exitCode = code ?? 1;
  break;
}
server.kill();
