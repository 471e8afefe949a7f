import { CommandError } from "../errors/command-error.ts";
import { SchemaMismatch } from "../../generated/zserver/protocol/v1/negotiation.ts";
import { type CommandType, type Lane, type Side, serviceInfo } from "../schema/service-type.ts";
import { kindNumbers } from "../session/frame.ts";
import type { Adaptation } from "./adapter.ts";
import type { Implementation } from "./handlers.ts";
import { unimplementedError } from "./refusals.ts";
import type { SessionSchemas } from "./schema/session-schemas.ts";
import type { Interceptor } from "./interceptor.ts";
import type { Compression, TravellingCommand } from "./travelling.ts";

/** A command type whose message types do not matter: how the runtime sees them all. */
export type AnyCommand = CommandType<unknown, unknown, unknown, unknown>;

/** How often commands of a name were started. */
export interface CommandUse {
  calls: number;
}

/** A command that this side handles. */
export interface Registration {
  readonly command: AnyCommand;
  readonly handle: (request: unknown, context: unknown, lane: Lane) => unknown;
  /** Set for a peer that has an earlier form of the command: its own form travels. */
  readonly adaptation?: Adaptation | undefined;
  /** Set where the messages come and go compressed: what travels instead of the command, or of its adaptation. */
  readonly compressed?: TravellingCommand | undefined;
  /** Set for a name that this side cannot handle: every such command is refused with it. */
  readonly refusal?: CommandError;
  /** Counts the commands that are started, where somebody wants to know. */
  readonly use?: CommandUse | undefined;
  /** A one-way that travels as it is, holds nothing back, and whose handler is called without more ado: see {@link IncomingOneWays}. */
  readonly direct: boolean;
}

/** The command as it travels. */
export function travellingForm(registration: Registration): TravellingCommand;
export function travellingForm(registration: Registration | undefined): TravellingCommand | undefined;
export function travellingForm(registration: Registration | undefined): TravellingCommand | undefined {
  return registration?.compressed ?? registration?.command;
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
      const handle = (request: unknown, context: unknown): unknown => handler.call(handlers, request, context);
      const direct = command.kind === "one_way" && !command.ordered && !command.blob && !command.idleTimeoutMs && interceptors.length === 0;
      commands.set(command.name, { command, handle: command.blob?.handler(command, handle) ?? handle, direct });
    }
  }
  return { commands, interceptors };
}

/**
 * What a name stands for here, for one session. A name that nobody registered, or registered as another kind, or that does not travel between the two
 * sides, becomes a command that is always refused.
 */
export function resolveCommand(
  registry: Registry,
  name: string,
  kind: number,
  schemas: SessionSchemas,
  compression: Compression | undefined,
): Registration {
  const registration = registry.commands.get(name);
  if (registration === undefined) return refusing(name, unimplementedError(name));
  const mismatch = schemas.handleRefusal(name);
  if (mismatch !== undefined) return refusing(name, mismatch);
  const { command } = registration;
  const form = kind - kindNumbers[command.kind];
  if (form === 0 || compression?.takes(form)) {
    const adaptation = schemas.adaptation(name);
    const use = command.deprecated ? schemas.deprecatedUse(name) : undefined;
    const plain =
      adaptation === undefined && use === undefined
        ? registration
        : { command, handle: registration.handle, adaptation, use, direct: false };
    return form === 0 ? plain : compression!.incoming(plain, form);
  }
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
  return { command, handle: () => undefined, refusal, direct: false };
}
