import { CommandError } from "../errors/command-error.ts";
import type { Caller, CallOptions } from "../schema/caller.ts";
import { type CommandType, type ServiceType, serviceInfo } from "../schema/service-type.ts";
import { CommandFlag } from "../session/frame.ts";
import type { Submission } from "./caller.ts";

/** The names of the commands that may be members of a batch. */
type BatchMethod<Commands> = {
  [Method in keyof Commands]: Commands[Method] extends CommandType<unknown, never, unknown, never, "unary" | "one_way"> ? Method : never;
}[keyof Commands];

/** A proxy without the commands that stream. */
export type BatchProxy<Proxy, Commands> = Pick<Proxy, BatchMethod<Commands> & keyof Proxy>;

export interface BatchBuilder {
  use<Proxy, Commands>(service: ServiceType<Proxy, Commands>): BatchProxy<Proxy, Commands>;
}

export interface BatchOptions {
  /** When a member fails, those after it are not run: they fail with ABORTED, NOT_RUN. Default false. */
  readonly stopOnError?: boolean | undefined;
}

/** The settled results of a batch, each of the type of its member. */
export type Settled<Members extends readonly Promise<unknown>[]> = {
  -readonly [Index in keyof Members]: PromiseSettledResult<Awaited<Members[Index]>>;
};

/** How a member leaves: the answer tells whether it failed before that. */
export type SubmitMember = (
  command: CommandType<unknown, unknown, unknown, never>,
  request: unknown,
  options: Submission,
) => { readonly result: Promise<unknown>; readonly failed: boolean };

/** A command that waits for its batch to be sent. */
export interface BatchMember {
  readonly command: CommandType<unknown, unknown, unknown, never>;
  readonly request: unknown;
  readonly options: CallOptions;
  readonly settle: (result: Promise<unknown>) => void;
}

/** Collects the members of a batch. */
class BatchCaller implements Caller {
  readonly members: BatchMember[] = [];
  #closed = false;

  unary<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary">, request: QI, options?: CallOptions): Promise<R> {
    return this.#add(command as BatchMember["command"], request, options) as Promise<R>;
  }

  oneWay<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "one_way">, request: QI, options?: CallOptions): Promise<void> {
    return this.#add(command as BatchMember["command"], request, options) as Promise<void>;
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

  #add(command: BatchMember["command"], request: unknown, options: CallOptions = {}): Promise<unknown> {
    if (this.#closed) throw new CommandError("FAILED_PRECONDITION", `${command.name}: its batch was already sent`, { outcome: "NOT_RUN" });
    const result = new Promise<unknown>((settle) => this.members.push({ command, request, options, settle }));
    // Every result is told by the batch: nobody has to handle a member's rejection as well.
    result.catch(() => {});
    return result;
  }
}

function send(members: readonly BatchMember[], submit: SubmitMember, stopOnError: boolean): void {
  let stopped = false;
  for (const [index, member] of members.entries()) {
    const { command } = member;
    if (stopped) {
      const message = `${command.name}: the command before it in its batch failed`;
      member.settle(Promise.reject(new CommandError("ABORTED", message, { outcome: "NOT_RUN", command: command.name })));
      continue;
    }
    const last = index === members.length - 1;
    const flags = last ? 0 : CommandFlag.ORDERED | (stopOnError ? CommandFlag.STOP_ON_ERROR : 0);
    const { result, failed } = submit(command, member.request, { ...member.options, flags });
    stopped = failed && stopOnError;
    member.settle(result);
  }
}

/** What a batch needs of its session. */
export interface BatchHost {
  /** Throws TypeError for a service that the peer does not handle. */
  check(service: ServiceType): void;
  readonly submit: SubmitMember;
  /** Leads the members through interceptors; undefined where there are none. */
  readonly intercept: ((members: readonly BatchMember[]) => Promise<readonly BatchMember[]>) | undefined;
}

/** Runs `build`, sends its members as one batch, and resolves when each is settled. When `build` throws, nothing is sent. */
export async function runBatch<const Members extends readonly Promise<unknown>[]>(
  build: (batch: BatchBuilder) => Members,
  options: BatchOptions,
  host: BatchHost,
): Promise<Settled<Members>> {
  const caller = new BatchCaller();
  const members = build({
    use(service) {
      host.check(service);
      return new service[serviceInfo].proxy(caller) as never;
    },
  });
  caller.close();
  const ready = host.intercept === undefined ? caller.members : await host.intercept(caller.members);
  send(ready, host.submit, options.stopOnError ?? false);
  return (await Promise.allSettled(members)) as Settled<Members>;
}

function noStreams(command: { readonly name: string }): CommandError {
  return new CommandError("INVALID_ARGUMENT", `${command.name} streams: it cannot be a member of a batch`, { outcome: "NOT_RUN" });
}
