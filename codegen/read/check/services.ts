import { commandKind, errorNames, noneType } from "../build/service.ts";
import { isMiss } from "../link/scope.ts";
import { messageOption } from "../options/resolved.ts";
import type { MethodNode, ServiceNode, ValueNode } from "../syntax/ast.ts";
import { checkBlobs } from "./blobs.ts";
import type { CheckContext } from "./context.ts";
import { optionAt } from "./option-at.ts";

/** What zserver asks of commands beyond protobuf. */
export function checkService(context: CheckContext, service: ServiceNode): void {
  for (const method of service.methods) {
    checkNone(context, method);
    checkDeferred(context, method);
    checkVolatile(context, method);
    checkIdle(context, method);
    checkErrors(context, method);
    checkBlobs(context, method);
  }
}

function checkNone(context: CheckContext, { name, request, response, requestStream, responseStream }: MethodNode): void {
  if (request.target?.fullName === noneType) {
    context.report(
      request.at,
      "NONE_REQUEST",
      `${name.text} takes zserver.None, which is never sent`,
      "declare a message without fields for it",
    );
  }
  if (response.target?.fullName === noneType && (requestStream || responseStream)) {
    context.report(
      response.at,
      "NONE_STREAM",
      `${name.text} is a stream without replies`,
      "reply with a message, or make it a one-way command without stream",
    );
  }
}

function checkDeferred(context: CheckContext, method: MethodNode): void {
  if (messageOption(method.resolvedOptions, "[zserver.command]").deferred !== true || commandKind(method) === "unary") return;
  const remedy = "remove deferred, or take one request and give one reply";
  context.report(
    optionAt(method, "(zserver.command)"),
    "DEFERRED_NOT_UNARY",
    `${method.name.text} is deferred, but not a unary command`,
    remedy,
  );
}

function checkVolatile(context: CheckContext, method: MethodNode): void {
  if (messageOption(method.resolvedOptions, "[zserver.command]").delivery !== "VOLATILE" || commandKind(method) === "one_way") return;
  const remedy = "remove delivery, or return zserver.None and take one request";
  context.report(
    optionAt(method, "(zserver.command)"),
    "VOLATILE_NOT_ONE_WAY",
    `${method.name.text} is volatile, but not a one-way command`,
    remedy,
  );
}

function checkIdle(context: CheckContext, method: MethodNode): void {
  const { idle_timeout_ms: idle } = messageOption(method.resolvedOptions, "[zserver.command]");
  if (typeof idle !== "number" || idle === 0 || commandKind(method).endsWith("_stream")) return;
  const remedy = "remove idle_timeout_ms, or take or give a stream; timeout_ms is the deadline of other commands";
  context.report(
    optionAt(method, "(zserver.command)"),
    "IDLE_NOT_STREAM",
    `${method.name.text} has an idle deadline, but no stream`,
    remedy,
  );
}

/** `errors` name messages, as a type in the scope of the command would. */
function checkErrors(context: CheckContext, method: MethodNode): void {
  const names = errorNames(method);
  if (names.length === 0) return;
  const written = method.options.flatMap(({ name, value }) => (name.at(-1)!.text === "errors" ? strings(value) : errorStrings(value)));
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    const at = written[index]?.at ?? method.name.at;
    const found = context.scope.find(name, method.fullName, true);
    const node = isMiss(found) ? undefined : found.node;
    if (node?.kind !== "message") {
      const file = isMiss(found) ? found.notImported?.file.source.name : undefined;
      const remedy = file ? `add import "${file}";` : "write the name of a message, as in a field";
      context.report(at, "ERROR_UNRESOLVED", `"${name}" under errors is not a message`, remedy);
    } else if (seen.has(node.fullName)) context.report(at, "ERROR_TWICE", `${name} is twice under errors`, "remove one of the two");
    else seen.add(node.fullName);
  }
}

/** The strings under `errors` of a message in text format, in their order. */
function errorStrings(value: ValueNode): readonly ValueNode[] {
  return value.kind === "message" ? value.fields.filter(({ name }) => name.text === "errors").flatMap((field) => strings(field.value)) : [];
}

function strings(value: ValueNode): readonly ValueNode[] {
  return value.kind === "list" ? value.items : [value];
}
