// A process that is going to be killed: a server of files, or a client that transfers one. What it is to do comes as JSON in its last argument.
import { fileService } from "../../runtime/files/server/service.ts";
import { download } from "../../runtime/files/client/download.ts";
import { upload } from "../../runtime/files/client/upload.ts";
import { connect, serve } from "../../runtime/index.ts";
import { identity } from "../support/channel/ends.ts";
import { type Child, RANGE_BYTES } from "./plan.ts";

// Whoever started it has died.
process.once("disconnect", () => process.exit(1));

const child = JSON.parse(process.argv.at(-1)!) as Child;

if (child.role === "server") {
  const service = await fileService({
    roots: { public: { directory: child.directory } },
    authorize: () => true,
    limits: { rangeBytes: RANGE_BYTES },
  });
  const server = await serve({ listen: [`tcp://127.0.0.1:${child.port}`], identity, handlers: [service.implementation], log: () => {} });
  process.send!({ endpoint: server.endpoints[0], serverKey: server.serverKey });
} else {
  const { direction, file, killAt, endpoint, serverKey } = child;
  const client = await connect({ endpoints: [endpoint], serverKey });
  // Nobody kills a process at a more exact place than itself.
  const onProgress = ({ bytes }: { readonly bytes: number }): void => {
    if (bytes >= killAt) process.kill(process.pid, "SIGKILL");
  };
  const options = { sessions: [client], path: "public/file", onProgress };
  if (direction === "up") await upload({ ...options, from: file });
  else await download({ ...options, to: file, rangeBytes: RANGE_BYTES });
  await client.close();
}
