import type { ChannelEvents } from "./channel.ts";
import type { HandshakeStep } from "./handshake.ts";
import { ListenerHandshake } from "./listener-handshake.ts";
import { listening } from "./listener-rotation.ts";
import type { ListenerDoor, ListenerOptions } from "./options.ts";
import { SecureChannel } from "./secure-channel.ts";
import { listenerSettings } from "./settings.ts";

/** The listening end of a sealed connection. Half-open, without effect on anything else, until one record of the client has verified. */
export class ListenerChannel extends SecureChannel {
  /** Has the costly parts of the handshake done; undefined when it is through. */
  #door: Pick<ListenerDoor, "schedule"> | undefined;

  /** Throws TypeError for unknown options, impossible values, and without a static key. */
  constructor(options: ListenerOptions, events: ChannelEvents, door: ListenerDoor = {}) {
    if (options.staticKeys.length === 0) throw new TypeError("ListenerChannel: staticKeys is empty");
    super(listening, new ListenerHandshake(options, door), options, listenerSettings(options), events);
    this.#door = door;
  }

  /** The costly part of a step is done when there is time. */
  protected override advance(step: HandshakeStep): void {
    const { work, finished } = step;
    if (work !== undefined) this.#wait(work);
    if (finished !== undefined) this.#door = undefined;
    super.advance(step);
  }

  #wait(work: () => HandshakeStep): void {
    this.waiting = true;
    const goOn = (): void => this.goOn(work);
    if (this.#door?.schedule === undefined) goOn();
    else this.#door.schedule(goOn);
  }
}
