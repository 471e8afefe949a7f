import { Failure, Failure_Outcome } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import { codeNumbers } from "../errors/code.ts";
import { CommandError } from "../errors/command-error.ts";
import type { CommandType } from "../schema/service-type.ts";
import { CommandFlag, FrameType } from "../session/frame.ts";
import type { CommandReceiver, HandlerSide, ReceiverOptions } from "./handler-side.ts";
import { Intake } from "./intake.ts";

/** A side without handlers: a page that only calls carries this instead of all that handlers need. */
export const refusingSide = (): HandlerSide => ({
  receiver: (options) => new RefusingReceiver(options),
  reply: refuseReply,
  fail: refuseReply,
});

async function refuseReply({ name }: CommandType): Promise<never> {
  throw new CommandError("PERMISSION_DENIED", `${name}: the deferred reply was not sent: its token was not made here`, { command: name });
}

/** Refuses each command at once, with what a dispatcher says to a name that nobody registered. */
class RefusingReceiver implements CommandReceiver {
  readonly #options: ReceiverOptions;
  readonly #intake: Intake<string>;
  /** Sizes of refused commands whose credit is not given back: a peer that takes no answers gets no more of it. */
  #untaken: number[] = [];
  draining = false;
  readonly handled = 0;
  readonly pending = 0;
  readonly volatileRefused = 0;
  oneWaysRefused = 0;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#intake = new Intake({ ...options, owed: options.core.owed }, (name) => name);
  }

  request(body: Reader, size: number): void {
    const id = this.#intake.id(body);
    const name = this.#intake.head(body, size);
    // Whatever came before it failed here.
    const abandoned = (this.#intake.flags & CommandFlag.AFTER_SUCCESS) !== 0;
    const { core } = this.#options;
    const writer = core.begin(FrameType.FAIL);
    writer.uintNumber(id);
    Failure.write(writer, {
      code: codeNumbers[abandoned ? "ABORTED" : "UNIMPLEMENTED"],
      message: abandoned ? `${name}: the command before it in its batch failed` : `${name} is not implemented here`,
      outcome: Failure_Outcome.NOT_RUN,
    });
    core.end();
    this.#take(size);
  }

  send(body: Reader, size: number): void {
    this.#intake.head(body, size);
    this.oneWaysRefused++;
    this.#take(size);
  }

  volatile(body: Reader): void {
    this.#intake.volatileHead(body);
    this.oneWaysRefused++;
  }

  skip(body: Reader): void {
    this.#intake.skip(body);
  }

  item(id: number): void {
    this.#intake.checkStarted(id);
  }

  endOfItems(id: number): void {
    this.#intake.checkStarted(id);
  }

  cancel(id: number): void {
    this.#intake.checkStarted(id);
  }

  credit(id: number): void {
    this.#intake.checkStarted(id);
  }

  hold(): () => void {
    return () => {};
  }

  retry(): void {
    if (!this.#options.core.outboxes.normal.room) return;
    for (const size of this.#untaken) this.#intake.taken(size);
    this.#untaken = [];
  }

  restate(): void {
    this.#intake.restate();
  }

  lost(): void {}

  #take(size: number): void {
    this.#untaken.push(size);
    this.retry();
  }
}
