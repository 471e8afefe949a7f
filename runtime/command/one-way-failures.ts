import type { CommandError } from "../errors/command-error.ts";
import type { LostOneWays } from "./sent-one-ways.ts";
import type { SessionStatus } from "./session-type.ts";
import type { StatusFeed } from "./status.ts";

/** Counts the one-ways that came to nothing, and tells each: nobody else may be listening any more. */
export class OneWayFailures {
  readonly #feed: StatusFeed<SessionStatus>;
  total = 0;

  constructor(feed: StatusFeed<SessionStatus>) {
    this.#feed = feed;
  }

  readonly tell = (error: CommandError): void => this.#feed.emit(event(error, ++this.total));

  /** Many at once: each reader makes its events as it reads them. */
  readonly tellAll = (lost: LostOneWays): void => {
    const before = this.total;
    this.total += lost.count;
    this.#feed.emitEach({
      *[Symbol.iterator]() {
        let total = before;
        for (const error of lost) yield event(error, ++total);
      },
    });
  };
}

function event(error: CommandError, total: number): SessionStatus {
  return { type: "one_way_failed", command: error.command ?? "", error, total };
}
