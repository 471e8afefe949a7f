import { lowOfNumber, sumEvent } from "../codec/sums.ts";
import { event, plain } from "../codec/values.ts";
import { importPeer } from "../support/peers.ts";
import { sumOfTurn } from "./contender.ts";
import type { Payload } from "./framed.ts";

/** As many bytes as the event has in protobuf, of which only the turn means anything: no format of messages can be faster. */
const bytes = Buffer.alloc(60);

export const opaque: Payload = {
  encode(turn) {
    bytes.writeUInt32BE(turn, 0);
    return bytes;
  },
  decode: (payload) => sumOfTurn(payload.readUInt32BE(0)),
};

/** The event in a format that takes any value. */
export function formatted(encode: (value: unknown) => Buffer, decode: (bytes: Buffer) => unknown): Payload {
  return {
    encode: (turn) => encode(event(turn, plain)),
    decode: (bytes) => sumEvent(decode(bytes) as ReturnType<typeof event<number>>, lowOfNumber),
  };
}

export const json: Payload = formatted(
  (value) => Buffer.from(JSON.stringify(value)),
  (bytes) => JSON.parse(bytes.toString()),
);

/** As msgpackr packs it, and as JSON where that is not installed. */
export async function packed(): Promise<Payload> {
  const { payload } = (await importPeer("rpc/msgpackr").catch(() => ({ payload: json }))) as { readonly payload: Payload };
  return payload;
}
