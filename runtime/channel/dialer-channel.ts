import type { ChannelEvents } from "./channel.ts";
import { DialerHandshake } from "./dialer-handshake.ts";
import type { DialerOptions } from "./options.ts";
import { dialing } from "./dialer-rotation.ts";
import { SecureChannel } from "./secure-channel.ts";
import { dialerSettings } from "./settings.ts";

/** The dialling end of a sealed connection. It proves the server, starts the rotations, and is the one whose clock they follow. */
export class DialerChannel extends SecureChannel {
  readonly #handshake: DialerHandshake;

  /** Throws TypeError for unknown options, impossible values, and `judge` without a handler for it. */
  constructor(options: DialerOptions, events: ChannelEvents) {
    if (options.server === "judge" && events.serverKey === undefined)
      throw new TypeError("DialerChannel: judge needs a handler for serverKey");
    const handshake = new DialerHandshake(options);
    super(dialing, handshake, options, dialerSettings(options), events);
    this.#handshake = handshake;
  }

  /** The application recognises the presented key: the handshake goes on. Without effect when it has ended meanwhile. */
  acceptServerKey(): void {
    if (this.#handshake.judging) this.advance(this.#handshake.accept());
  }

  /** The application does not know the presented key: the connection ends with SERVER_KEY_REFUSED, and the server learns nothing of this client. */
  refuseServerKey(): void {
    if (this.#handshake.judging) this.end("SERVER_KEY_REFUSED", "the application refused the server's key");
  }
}
