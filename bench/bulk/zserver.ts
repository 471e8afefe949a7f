import { setTimeout } from "node:timers/promises";
import { connect, createIdentity, implement, serve } from "zserver";
import { type Crate, Desk, Dock, type Tally } from "../../generated/example/bench/v1/bench.ts";
import { bigints, event } from "../codec/values.ts";
import { type BulkContender, repeated } from "./contender.ts";

/** The command that carries the chunks: `unload` is of the class NORMAL, `unloadBehind` of BULK. */
export type Unloading = "unload" | "unloadBehind";

/** A slow server rests for a millisecond each time that it has taken so many bytes: some 200 MB a second. */
const UNRESTED_BYTES = 262_144;

/**
 * zserver as it comes, with default options, over one of its transports: chunks are the items of a client stream.
 *
 * @param tally what the server does with them
 */
export const zserver = (name: string, listen: string, unloading: Unloading, tally: Unload = count): BulkContender => ({
  name,
  async serve() {
    const handlers = [
      implement(Dock, { unload: tally, unloadBehind: tally }),
      implement(Desk, { echo: (request) => request, note: () => {} }),
    ];
    const server = await serve({ listen: [listen], identity: createIdentity(), handlers });
    return JSON.stringify({ endpoints: server.endpoints, serverKey: server.serverKey });
  },
  async connect(address) {
    const client = await connect(JSON.parse(address));
    const [dock, desk] = [client.use(Dock), client.use(Desk)];
    return {
      pour: async (content, count) => Number((await dock[unloading](repeated({ content }, count))).bytes),
      ask: async () => void (await desk.echo(event(0, bigints))),
    };
  },
});

type Unload = (crates: AsyncIterable<Crate>) => Promise<Pick<Tally, "bytes">>;

const count: Unload = async (crates) => {
  let bytes = 0;
  for await (const { content } of crates) bytes += content.length;
  return { bytes: BigInt(bytes) };
};

/** Counts more slowly than the client sends. */
export const countSlowly: Unload = async (crates) => {
  let bytes = 0;
  let unrested = 0;
  for await (const { content } of crates) {
    bytes += content.length;
    unrested += content.length;
    if (unrested < UNRESTED_BYTES) continue;
    unrested = 0;
    await setTimeout(1);
  }
  return { bytes: BigInt(bytes) };
};
