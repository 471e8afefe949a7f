import { CommandError } from "../errors/command-error.ts";
import type { Caller, CallOptions } from "../schema/caller.ts";
import { type CommandPriority, type CommandType, type ServiceType, serviceInfo } from "../schema/service-type.ts";
import { CommandFlag } from "../session/frame.ts";
import type { BatchPlace, Submitted } from "./outgoing-call.ts";
import type { AnyCommand } from "./registry.ts";

/** The names of the commands that may be members of a batch. */
type BatchMethod<Commands> = {
  [Method in keyof Commands]: Commands[Method] extends { readonly kind: "unary" | "one_way" } ? Method : never;
}[keyof Commands];

/** A proxy without the commands that stream. */
export type BatchProxy<Proxy, Commands> = Pick<Proxy, BatchMethod<Commands> & keyof Proxy>;

/** Gives the proxies by which a batch is put together. */
export interface BatchBuilder {
  /** The proxy whose calls become members of the batch. Throws TypeError for a service that the peer does not handle. */
  use<Proxy, Commands>(service: ServiceType<Proxy, Commands>): BatchProxy<Proxy, Commands>;
}

/** How the members of a batch depend on each other. */
export interface BatchOptions {
  /** When a member fails, those after it are not run: they fail with ABORTED, NOT_RUN. Default false. */
  readonly stopOnError?: boolean | undefined;
}

/** The settled results of a batch, each of the type of its member. */
export type Settled<Members extends readonly Promise<unknown>[]> = {
  -readonly [Index in keyof Members]: PromiseSettledResult<Awaited<Members[Index]>>;
};

/** A command that waits for its batch to be sent. */
export interface BatchMember {
  readonly command: AnyCommand;
  readonly request: unknown;
  readonly options: CallOptions;
  readonly settle: (result: Promise<unknown>) => void;
}

/** What a batch needs of its session. */
export interface BatchHost {
  /** Throws TypeError for a service that the peer does not handle. */
  check(service: ServiceType): void;
  submit(command: AnyCommand, request: unknown, options: CallOptions, place: BatchPlace): Submitted;
  /** Leads the members through interceptors; undefined where there are none. */
  readonly intercept: ((members: readonly BatchMember[]) => Promise<readonly BatchMember[]>) | undefined;
}

/** Collects the members of a batch. */
class BatchCaller implements Caller {
  readonly members: BatchMember[] = [];
  #closed = false;

  unary<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary">, request: QI, options?: CallOptions): Promise<R> {
    return this.#add(command as AnyCommand, request, options) as Promise<R>;
  }

  oneWay<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "one_way">, request: QI, options?: CallOptions): Promise<void> {
    return this.#add(command as AnyCommand, request, options) as Promise<void>;
  }

  serverStream(command: { readonly name: string }): never {
    throw noStreams(command);
  }

  clientStream(command: { readonly name: string }): never {
    throw noStreams(command);
  }

  bidiStream(command: { readonly name: string }): never {
    throw noStreams(command);
  }

  close(): void {
    this.#closed = true;
  }

  #add(command: AnyCommand, request: unknown, options: CallOptions = {}): Promise<unknown> {
    if (this.#closed) throw new CommandError("FAILED_PRECONDITION", `${command.name}: its batch was already sent`, { outcome: "NOT_RUN" });
    const result = new Promise<unknown>((settle) => this.members.push({ command, request, options, settle }));
    // Every result is told by the batch: nobody has to handle a member's rejection as well.
    result.catch(() => {});
    return result;
  }
}

/** Each member but the last holds the next one back until it has ended. */
function send(members: readonly BatchMember[], host: BatchHost, stopOnError: boolean): void {
  let after: Submitted | undefined;
  const priority = commonPriority(members);
  for (const [index, { command, request, options, settle }] of members.entries()) {
    const ordered = index < members.length - 1 ? CommandFlag.ORDERED : 0;
    const afterSuccess = after === undefined ? 0 : CommandFlag.AFTER_SUCCESS;
    const submitted = host.submit(command, request, options, { flags: ordered | afterSuccess, priority, after });
    settle(submitted.result);
    if (stopOnError) after = submitted;
  }
}

/** Members run one after the other, and there is order only within a class. */
function commonPriority([first, ...others]: readonly BatchMember[]): CommandPriority {
  const priority = first?.command.priority;
  return (others.every(({ command }) => command.priority === priority) && priority) || "NORMAL";
}

/** Runs `build`, sends its members as one batch, and resolves when each is settled. When `build` throws, nothing is sent. */
export async function runBatch<const Members extends readonly Promise<unknown>[]>(
  build: (batch: BatchBuilder) => Members,
  options: BatchOptions,
  host: BatchHost,
): Promise<Settled<Members>> {
  const caller = new BatchCaller();
  let members: Members;
  try {
    members = build({
      use(service) {
        host.check(service);
        return new service[serviceInfo].proxy(caller) as never;
      },
    });
  } finally {
    caller.close();
  }
  if (!Array.isArray(members)) throw new TypeError("batch: the function must return an array of its members' promises");
  const ready = host.intercept === undefined ? caller.members : await host.intercept(caller.members);
  send(ready, host, options.stopOnError ?? false);
  return (await Promise.allSettled(members)) as Settled<Members>;
}

function noStreams(command: { readonly name: string }): CommandError {
  return new CommandError("INVALID_ARGUMENT", `${command.name} streams: it cannot be a member of a batch`, { outcome: "NOT_RUN" });
}
