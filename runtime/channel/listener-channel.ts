import type { ChannelEvents } from "./channel.ts";
import { ListenerHandshake } from "./listener-handshake.ts";
import { listening } from "./listener-rotation.ts";
import type { ListenerDoor, ListenerOptions } from "./options.ts";
import { SecureChannel } from "./secure-channel.ts";
import { listenerSettings } from "./settings.ts";

/** The listening end of a sealed connection. Half-open, without effect on anything else, until one record of the client has verified. */
export class ListenerChannel extends SecureChannel {
  /** Throws TypeError for unknown options, impossible values, and without a static key. */
  constructor(options: ListenerOptions, events: ChannelEvents, door: ListenerDoor = {}) {
    if (options.staticKeys.length === 0) throw new TypeError("ListenerChannel: staticKeys is empty");
    super(listening, new ListenerHandshake(options, door), options, listenerSettings(options), events, door);
  }
}
