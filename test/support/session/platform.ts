import { PlainChannel } from "../../../runtime/channel/plain-channel.ts";
import type { ClientPlatform } from "../../../runtime/client.ts";
import { boundMessages } from "../../../runtime/command/bounded-messages.ts";
import { makeCompression } from "../../../runtime/command/compression.ts";
import { nativeCrypto } from "../../../runtime/crypto/native.ts";
import type { CryptoProvider } from "../../../runtime/crypto/provider.ts";
import { dial } from "../../../runtime/transport/dial-node.ts";

const native: CryptoProvider = nativeCrypto();

/** What Node's entry gives a client, but for names, which tests do not resolve. */
export const platform: ClientPlatform = {
  crypto: () => native,
  dial,
  plainChannel: (options, events) => new PlainChannel(options, events),
  boundMessages: boundMessages(),
  makeCompression,
};
