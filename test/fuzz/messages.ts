import { readdirSync } from "node:fs";
import { CommandError } from "../../runtime/errors/command-error.ts";
import { decode, encode } from "../../runtime/schema/codec.ts";
import type { MessageType } from "../../runtime/schema/message-type.ts";
import { Mutator } from "./mutator.ts";
import type { FuzzRun, FuzzTarget } from "./target.ts";
import { wireBytes } from "./wire-bytes.ts";

const folder = new URL("../../generated/zserver/protocol/v1/", import.meta.url);

/** Every message that the protocol has, also those that it gets after this was written. */
async function protocolMessages(): Promise<MessageType[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  const modules = await Promise.all(files.map((name) => import(new URL(name, folder).href) as Promise<Record<string, unknown>>));
  return modules.flatMap((module) => Object.values(module).filter(isMessageType));
}

function isMessageType(value: unknown): value is MessageType {
  return typeof value === "object" && value !== null && "write" in value && "read" in value;
}

/** What is decoded is encoded and decoded again to the same; what is refused is refused by the one error that decoders have. */
function tryMessage(type: MessageType, bytes: Uint8Array): string {
  let decoded: unknown;
  try {
    decoded = decode(type, bytes);
  } catch (error) {
    if (CommandError.is(error) && (error as Error).cause === undefined) return `refused ${error.code}`;
    throw error;
  }
  const once = encode(type as MessageType<unknown, unknown>, decoded);
  const twice = encode(type as MessageType<unknown, unknown>, decode(type, once));
  if (Buffer.compare(once, twice) !== 0)
    throw new Error(`${type.name}: ${Buffer.from(once).toString("hex")} decodes to something else the second time`);
  return "decoded";
}

/** The control messages: bodies of frames, of packets and of what servers sign. */
export const messages: FuzzTarget = {
  name: "messages",
  share: 320,
  async prepare(): Promise<FuzzRun> {
    const types = await protocolMessages();
    return (seed) => {
      const mutator = new Mutator(seed);
      const type = mutator.pick(types);
      const bytes = wireBytes(mutator);
      return tryMessage(type, mutator.below(2) === 0 ? bytes : (mutator.mutate([bytes])[0] ?? new Uint8Array()));
    };
  },
};
