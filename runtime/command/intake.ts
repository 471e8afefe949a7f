import type { Reader } from "../bytes/reader.ts";
import { CreditWindow } from "../session/credit.ts";
import { CommandFlag, FrameType, maxBodyBytes } from "../session/frame.ts";
import type { Limits } from "../session/limits.ts";
import type { Owed } from "../session/owed.ts";
import { ByPriority, Priority, shareOf } from "../session/priority.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import { CommandNumbers, type NamesHost } from "./names.ts";

// A constant of its own: every frame asks for it.
const { NORMAL } = Priority;

export interface IntakeOptions {
  readonly limits: Limits;
  /** A client's command ids are odd, a server's even. */
  readonly role: "client" | "server";
  readonly core: { readonly owed: Owed };
}

/** The intakes of a session: one for each class of priority in which commands came. */
export class Intakes<Entry> implements NamesHost<Entry> {
  readonly options: IntakeOptions;
  readonly #host: Pick<NamesHost<Entry>, "resolve">;
  /** The highest id of a command, of whatever class. */
  highestId = 0;
  /** That the peer introduced. */
  names = 0;
  readonly #intakes: ByPriority<Intake<Entry>>;

  constructor(options: IntakeOptions, host: Pick<NamesHost<Entry>, "resolve">) {
    this.options = options;
    this.#host = host;
    this.#intakes = new ByPriority(this.#make(NORMAL));
  }

  of(priority: Priority): Intake<Entry> {
    if (priority === NORMAL) return this.#intakes.normal;
    return this.#intakes.get(priority) ?? this.#intakes.add(priority, this.#make(priority));
  }

  get commandNames(): number {
    return this.options.limits.commandNames;
  }

  resolve(name: string, kind: number): Entry {
    return this.#host.resolve(name, kind);
  }

  /** Throws ProtocolError for credit of a command that was never started. Credit has no class. */
  checkStarted(id: number): void {
    if (id > this.highestId) throw new ProtocolError(`command ${id} was never started`);
  }

  /** Tells the peer its credit. */
  restate(): void {
    for (const intake of this.#intakes.all) intake.restate();
  }

  #make(priority: Priority): Intake<Entry> {
    return new Intake(priority, this);
  }
}

/**
 * What the peer's commands of one class begin with, held to the protocol's rules: ids that follow each other, names that were introduced, flags, credit. What
 * they stand for here is somebody else's affair.
 */
export class Intake<Entry> extends CommandNumbers<Entry> {
  readonly #window: CreditWindow;
  readonly #priority: Priority;
  readonly #session: Intakes<Entry>;
  #lastId = 0;
  /** Of the head that was read last. */
  flags = 0;
  /** Of the head that was read last; 0: for ever. */
  timeoutMs = 0;

  /** @param session the intakes of all classes */
  constructor(priority: Priority, session: Intakes<Entry>) {
    super(session);
    const { queuedCommands, queuedBytes } = session.options.limits;
    this.#window = new CreditWindow(shareOf(priority, queuedCommands), shareOf(priority, queuedBytes));
    this.#priority = priority;
    this.#session = session;
  }

  /** The id with which a REQUEST begins. */
  id(body: Reader): number {
    const id = body.uintNumber();
    this.#follow(id);
    return id;
  }

  /**
   * The rest of the head of a REQUEST or SEND.
   *
   * @param size of the frame's body, for which there must be credit
   */
  head(body: Reader, size: number): Entry {
    const entry = this.read(body);
    const flags = body.uint32();
    this.timeoutMs = body.uintNumber();
    if (flags > (CommandFlag.ORDERED | CommandFlag.AFTER_SUCCESS)) throw new ProtocolError(`unknown command flags ${flags}`);
    if ((flags & CommandFlag.AFTER_SUCCESS) !== 0 && (this.flags & CommandFlag.ORDERED) === 0)
      throw new ProtocolError("a command depends on the one before it, which is not ordered");
    this.flags = flags;
    this.#receive(size);
    return entry;
  }

  /** The head of a SEND_VOLATILE, which has no flags and takes no credit. */
  volatileHead(body: Reader): Entry {
    const entry = this.readKnown(body);
    this.timeoutMs = body.uintNumber();
    this.flags = 0;
    return entry;
  }

  /** A whole VOID. */
  skip(body: Reader): void {
    const id = body.uintNumber();
    if (id !== 0) this.#follow(id);
    const size = body.uint32();
    const most = maxBodyBytes(FrameType.REQUEST, this.#session.options.limits.messageBytes);
    if (size > most) throw new ProtocolError(`a VOID frame stands for ${size} bytes; the limit is ${most}`);
    this.#receive(size);
    this.taken(size);
    if (body.position < body.end) this.read(body);
    if (body.position !== body.end) throw new ProtocolError("a VOID frame has more in it than an id and a name");
    this.flags = CommandFlag.ORDERED;
  }

  /** Throws ProtocolError for the id of a command that was never started. */
  checkStarted(id: number): void {
    if (id > this.#lastId) throw new ProtocolError(`command ${id} was never started`);
  }

  /** A command of this size waits no more: another may come. */
  taken(size: number): void {
    if (this.#window.take(size)) this.restate();
  }

  /** Tells the peer its credit. */
  restate(): void {
    this.#session.options.core.owed.grantCommands(this.#priority, this.#window);
  }

  #follow(id: number): void {
    if (id <= this.#lastId || id % 2 !== (this.#session.options.role === "server" ? 1 : 0))
      throw new ProtocolError(`command id ${id} does not follow ${this.#lastId}`);
    this.#lastId = id;
    if (id > this.#session.highestId) this.#session.highestId = id;
  }

  #receive(size: number): void {
    if (!this.#window.receive(size)) throw new ProtocolError("a command was sent without credit");
  }
}
