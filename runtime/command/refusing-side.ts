import { Failure_Outcome, writeFailure } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import { codeNumbers } from "../errors/code.ts";
import { CommandError } from "../errors/command-error.ts";
import type { CommandType } from "../schema/service-type.ts";
import { CommandFlag, FrameType } from "../session/frame.ts";
import type { Priority } from "../session/priority.ts";
import type { CommandReceiver, HandlerSide, ReceiverOptions } from "./handler-side.ts";
import { Intakes } from "./intake.ts";
import { abandonedError, unimplementedError } from "./refusals.ts";

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
  readonly #intakes: Intakes<string>;
  /** Refused commands whose credit is not given back: a peer that takes no answers gets no more of it. */
  #untaken: { readonly size: number; readonly priority: Priority }[] = [];
  draining = false;
  readonly handled = 0;
  readonly pending = 0;
  readonly volatileRefused = 0;
  oneWaysRefused = 0;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#intakes = new Intakes(options, this);
  }

  resolve(name: string): string {
    return name;
  }

  request(body: Reader, size: number, priority: Priority): void {
    const intake = this.#intakes.of(priority);
    const id = intake.id(body);
    const name = intake.head(body, size);
    // Whatever came before it failed here.
    const { code, message } = (intake.flags & CommandFlag.AFTER_SUCCESS) !== 0 ? abandonedError(name) : unimplementedError(name);
    const { core } = this.#options;
    const writer = core.begin(FrameType.FAIL, priority);
    writer.uintNumber(id);
    writeFailure(writer, { code: codeNumbers[code], message, outcome: Failure_Outcome.NOT_RUN });
    core.end();
    this.#take(size, priority);
  }

  send(body: Reader, size: number, priority: Priority): void {
    this.#intakes.of(priority).head(body, size);
    this.oneWaysRefused++;
    this.#take(size, priority);
  }

  volatile(body: Reader, _size: number, priority: Priority): void {
    this.#intakes.of(priority).volatileHead(body);
    this.oneWaysRefused++;
  }

  skip(body: Reader, priority: Priority): void {
    this.#intakes.of(priority).skip(body);
  }

  commandOf(): undefined {}

  /** Nothing starts here, so nothing has to wait. */
  barrier(): void {}

  item(id: number, _body: Reader, _size: number, priority: Priority): void {
    this.#intakes.of(priority).checkStarted(id);
  }

  endOfItems(id: number, priority: Priority): void {
    this.#intakes.of(priority).checkStarted(id);
  }

  cancel(id: number, priority: Priority): void {
    this.#intakes.of(priority).checkStarted(id);
  }

  credit(id: number): void {
    this.#intakes.checkStarted(id);
  }

  hold(): () => void {
    return () => {};
  }

  retry(): void {
    const { outboxes } = this.#options.core;
    this.#untaken = this.#untaken.filter(({ size, priority }) => {
      const { room } = outboxes.of(priority);
      if (room) this.#intakes.of(priority).taken(size);
      return !room;
    });
  }

  restate(): void {
    this.#intakes.restate();
  }

  lost(): void {}

  #take(size: number, priority: Priority): void {
    this.#untaken.push({ size, priority });
    this.retry();
  }
}
