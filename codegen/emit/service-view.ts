import { encodeBase64 } from "../../runtime/bytes/base64.ts";
import { toHex } from "../../runtime/bytes/hex.ts";
import { type BlobSides, blobSides } from "../model/blob.ts";
import type { Command, Service } from "../model/schema.ts";
import { literal } from "./comment.ts";
import { elementDoc } from "./element-doc.ts";
import { claim, methodName } from "./identifier.ts";
import type { Code, Ref } from "./imports.ts";
import type { FileScope } from "./scope.ts";
import type { CommandView, ServiceView } from "./view.ts";

export function serviceView(service: Service, data: string, scope: FileScope): ServiceView {
  const names = scope.names.services.get(service.fullName)!;
  const taken = new Set<string>();
  const { fingerprint, description } = scope.schema.fingerprints.services.get(service.fullName)!;
  return {
    doc: elementDoc(service),
    fullName: literal(service.fullName),
    name: names.service,
    commandsName: names.commands,
    commandsValue: names.commandsValue,
    proxyName: names.proxy,
    handlersName: names.handlers,
    data,
    side: service.zserver.side,
    fingerprint: toHex(fingerprint),
    description: encodeBase64(description),
    release: scope.releaseRef(),
    commands: service.commands.map((command) => commandView(command, service, claim(taken, methodName(command.name)), data, scope)),
  };
}

const calls = {
  unary: "unary",
  one_way: "oneWay",
  server_stream: "serverStream",
  client_stream: "clientStream",
  bidi_stream: "bidiStream",
} as const;

function commandView(command: Command, service: Service, name: string, data: string, scope: FileScope): CommandView {
  const { kind, zserver } = command;
  const requestType = scope.messageRef(command.request, "type");
  const requestInit = scope.messageRef(command.request, "init");
  const replyType = scope.messageRef(command.response, "type");
  const replyInit = scope.messageRef(command.response, "init");
  const blobType = (name: string): Ref => ({ module: scope.schema.naming.blobImport, name, type: true });
  const streams = kind === "client_stream" || kind === "bidi_stream";
  const blobs = blobSides(command);
  return {
    doc: elementDoc(command, "  "),
    saysDeprecated: command.deprecated,
    name,
    method: literal(name),
    wireName: literal(`${service.fullName}/${command.name}`),
    kind,
    call: calls[kind],
    request: scope.messageRef(command.request, "value"),
    requestType,
    requestInit,
    reply: scope.messageRef(command.response, "value"),
    replyType,
    replyInit,
    ...(blobs?.request
      ? { argument: "blob", argumentInit: blobType("BlobSource"), argumentType: blobType("IncomingBlob") }
      : {
          argument: streams ? "requests" : "request",
          argumentInit: streams ? anyIterable(requestInit) : requestInit,
          argumentType: streams ? ["AsyncIterable<", requestType, ">"] : requestType,
        }),
    result: blobs?.reply ? ["Promise<", blobType("IncomingBlob"), ">"] : callResult(kind, replyType),
    context: zserver.deferred ? [user("DeferredContext"), `<${data}, `, replyInit, ">"] : [user("Context"), `<${data}>`],
    handlerResult: blobs?.reply ? [blobType("BlobSource"), " | Promise<", blobType("BlobSource"), ">"] : handlerResult(command, replyInit),
    timeoutMs: zserver.timeoutMs,
    idleTimeoutMs: zserver.idleTimeoutMs,
    maxBytes: zserver.maxBytes,
    deferred: zserver.deferred,
    ordered: zserver.ordered,
    volatile: zserver.delivery === "VOLATILE",
    critical: zserver.critical,
    priority: zserver.priority === "NORMAL" ? undefined : literal(zserver.priority),
    blob: blobs && blobForm(blobs),
    inLane: zserver.inLane,
    compression: zserver.compression && literal(zserver.compression),
    deprecated: command.deprecated,
    errors: zserver.errors.flatMap((error, i) => [i === 0 ? "" : ", ", scope.messageRef(error, "value")]),
  };
}

/** A type of the runtime's public surface. */
function user(name: string): Ref {
  return { module: "zserver", name, type: true };
}

function blobForm({ request, reply }: BlobSides): CommandView["blob"] {
  if (request) return reply ? "takesAndGivesBlob" : "takesBlob";
  return "givesBlob";
}

function anyIterable(type: Code): Code {
  return ["AsyncIterable<", type, "> | Iterable<", type, ">"];
}

function callResult(kind: Command["kind"], reply: Code): Code {
  if (kind === "one_way") return "Promise<void>";
  return [kind === "unary" || kind === "client_stream" ? "Promise<" : "AsyncIterable<", reply, ">"];
}

function handlerResult({ kind, zserver }: Command, reply: Code): Code {
  if (kind === "one_way") return "void | Promise<void>";
  if (kind === "server_stream" || kind === "bidi_stream") return anyIterable(reply);
  const now: Code = zserver.deferred ? [reply, " | ", user("DeferredReply"), "<", reply, ">"] : reply;
  return [now, " | Promise<", now, ">"];
}
