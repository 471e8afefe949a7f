import { CommandError } from "../errors/command-error.ts";
import { SchemaMismatch } from "../../generated/zserver/protocol/v1/negotiation.ts";
import { type CommandType, type Side, serviceInfo } from "../schema/service-type.ts";
import { kindNumbers } from "../session/frame.ts";
import type { Adaptation } from "./adapter.ts";
import type { Implementation } from "./handlers.ts";
import type { Interceptor } from "./interceptor.ts";

/** A command type whose message types do not matter: how the runtime sees them all. */
export type AnyCommand = CommandType<unknown, unknown, unknown, unknown>;

/** A command that this side handles. */
export interface Registration {
  readonly command: AnyCommand;
  readonly handle: (request: unknown, context: unknown) => unknown;
  /** Set for a peer that has an earlier form of the command: its own form travels. */
  readonly adaptation?: Adaptation;
  /** Set for a name that this side cannot handle: every such command is refused with it. */
  readonly refusal?: CommandError;
}

/** What this side handles, by wire name, and what every handled command passes through. */
export interface Registry {
  readonly commands: ReadonlyMap<string, Registration>;
  readonly interceptors: readonly Interceptor[];
}

/** Throws TypeError for a service of the other side, and for one that is given twice. */
export function makeRegistry(
  side: Exclude<Side, "BOTH">,
  implementations: readonly Implementation<never>[],
  interceptors: readonly Interceptor[],
): Registry {
  const commands = new Map<string, Registration>();
  for (const { service, handlers } of implementations) {
    const info = service[serviceInfo];
    if (info.side !== side && info.side !== "BOTH")
      throw new TypeError(`handlers: ${info.name} is handled by the other side (its schema says side: ${info.side})`);
    for (const command of Object.values(service.commands as Record<string, AnyCommand>)) {
      if (commands.has(command.name)) throw new TypeError(`handlers: ${command.name} is implemented twice`);
      const handler = handlers[command.method]! as (request: unknown, context: unknown) => unknown;
      commands.set(command.name, { command, handle: (request, context) => handler.call(handlers, request, context) });
    }
  }
  return { commands, interceptors };
}

/**
 * What a name stands for here. A name that nobody registered, or registered as another kind, becomes a command that is always refused.
 *
 * @param mismatch why it cannot be exchanged with this peer
 * @param adaptation the form in which this peer has it
 */
export function resolveCommand(
  registry: Registry,
  name: string,
  kind: number,
  mismatch: CommandError | undefined,
  adaptation: Adaptation | undefined,
): Registration {
  const registration = registry.commands.get(name);
  if (registration === undefined)
    return refusing(name, new CommandError("UNIMPLEMENTED", `${name} is not implemented here`, { outcome: "NOT_RUN" }));
  if (mismatch !== undefined) return refusing(name, mismatch);
  const { command } = registration;
  if (kindNumbers[command.kind] === kind) return adaptation === undefined ? registration : { ...registration, adaptation };
  const callers = Object.entries(kindNumbers).find(([, number]) => number === kind)?.[0] ?? `kind ${kind}`;
  return refusing(name, new CommandError("SCHEMA_MISMATCH", `${name} is ${command.kind} here, not ${callers}`, { outcome: "NOT_RUN" }));
}

function refusing(name: string, refusal: CommandError): Registration {
  const nothing = { name: "", write() {}, read: () => undefined };
  const command: AnyCommand = {
    name,
    method: "",
    kind: "unary",
    request: nothing,
    reply: nothing,
    timeoutMs: 0,
    deferred: false,
    ordered: false,
    delivery: "RELIABLE",
    critical: false,
    priority: "NORMAL",
    deprecated: false,
    errors: [SchemaMismatch],
  };
  return { command, handle: () => undefined, refusal };
}
