import { blobFailureType, blobSides, blobType } from "../../model/blob.ts";
import type { Command, Service } from "../../model/schema.ts";
import { isMiss } from "../link/scope.ts";
import { messageOption } from "../options/resolved.ts";
import type { MethodNode, ServiceNode } from "../syntax/ast.ts";
import type { Builder } from "./builder.ts";
import { buildElement, freezeAll } from "./element.ts";

/** The response type of a command that has none. */
export const noneType = "zserver.None";

export function buildService(builder: Builder, node: ServiceNode): Service {
  const { side, ordered, critical } = messageOption(node.resolvedOptions, "[zserver.service]");
  const defaults = { ordered: ordered === true, critical: critical === true };
  const element = buildElement(builder.file.source, node, builder.deprecated);
  return {
    ...element,
    commands: freezeAll(node.methods, (method) => buildCommand(builder, method, defaults, element.deprecated)),
    zserver: Object.freeze({ side: side === "CLIENT" || side === "BOTH" ? side : "SERVER", ...defaults }),
  };
}

/** What the commands of a service take over from it. */
type CommandDefaults = Pick<Command["zserver"], "ordered" | "critical">;

function buildCommand(builder: Builder, node: MethodNode, defaults: CommandDefaults, deprecated: boolean): Command {
  const own = messageOption(node.resolvedOptions, "[zserver.command]");
  const { idempotency_level: idempotency } = node.resolvedOptions.values;
  const messages = { request: node.request.target?.fullName ?? "", response: node.response.target?.fullName ?? "" };
  const blobs = blobSides(messages) !== undefined;
  const inLane = own.in_lane === true;
  return {
    ...buildElement(builder.file.source, node, deprecated),
    ...messages,
    requestStream: node.requestStream,
    responseStream: node.responseStream,
    kind: commandKind(node),
    idempotency: idempotency === "NO_SIDE_EFFECTS" || idempotency === "IDEMPOTENT" ? idempotency : "UNKNOWN",
    zserver: Object.freeze({
      timeoutMs: typeof own.timeout_ms === "number" ? own.timeout_ms : 0,
      idleTimeoutMs: typeof own.idle_timeout_ms === "number" ? own.idle_timeout_ms : 0,
      maxBytes: typeof own.max_bytes === "number" ? own.max_bytes : 0,
      errors: Object.freeze([...errorNames(node).map((name) => resolveError(builder, node, name)), ...(blobs ? [blobFailureType] : [])]),
      deferred: own.deferred === true,
      ordered: typeof own.ordered === "boolean" ? own.ordered : defaults.ordered,
      delivery: own.delivery === "VOLATILE" ? "VOLATILE" : "RELIABLE",
      critical: typeof own.critical === "boolean" ? own.critical : defaults.critical,
      priority: priorityOf(own.priority, blobs && !inLane ? "BULK" : "NORMAL"),
      inLane,
      compression: own.compression === "DEFLATE" || own.compression === "BROTLI" ? own.compression : undefined,
    }),
  };
}

type CommandPriority = Command["zserver"]["priority"];

function priorityOf(stated: unknown, otherwise: CommandPriority): CommandPriority {
  return stated === "HIGH" || stated === "NORMAL" || stated === "BULK" ? stated : otherwise;
}

export function commandKind(node: MethodNode): Command["kind"] {
  const requestStream = node.requestStream || node.request.target?.fullName === blobType;
  const responseStream = node.responseStream || node.response.target?.fullName === blobType;
  if (requestStream) return responseStream ? "bidi_stream" : "client_stream";
  if (responseStream) return "server_stream";
  return node.response.target?.fullName === noneType ? "one_way" : "unary";
}

/** The names under `errors`, as written. */
export function errorNames(node: MethodNode): readonly string[] {
  const { errors } = messageOption(node.resolvedOptions, "[zserver.command]");
  return Array.isArray(errors) ? errors : [];
}

function resolveError(builder: Builder, node: MethodNode, name: string): string {
  const found = builder.scope.find(name, node.fullName, true);
  return isMiss(found) || found.node === undefined ? name : found.node.fullName;
}
