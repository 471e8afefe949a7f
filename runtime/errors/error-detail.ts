import { decode, encode, type DecodeLimits } from "../schema/codec.ts";
import type { MessageType } from "../schema/message-type.ts";
import type { ErrorDetail } from "./command-error.ts";

/**
 * A typed detail for `new CommandError(code, message, { details: [errorDetail(RoomFull, { capacity: 8 })] })`.
 * Throws CommandError INVALID_ARGUMENT for values that the schema cannot hold.
 */
export function errorDetail<T, Init>(type: MessageType<T, Init>, init: Init): ErrorDetail {
  return receivedDetail(type.name, encode(type, init));
}

/** A detail as it came from the peer; decoded only when somebody asks for it, within `limits`. */
export function receivedDetail(type: string, value: Uint8Array, limits?: DecodeLimits): ErrorDetail {
  return { type, value, decode: (messageType) => decode(messageType, value, limits) };
}
