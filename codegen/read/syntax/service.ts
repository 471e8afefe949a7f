import { noOptions } from "../options/resolved.ts";
import type { MethodNode, OptionNode, ServiceNode, TypeName } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseOptionStatement } from "./option.ts";

/** `service Name { … }` */
export function parseService(cursor: Cursor): ServiceNode {
  const comment = cursor.comment();
  cursor.expect("service", "before a service");
  const name = cursor.identifier("a service's name");
  const service: ServiceNode = { kind: "service", name, fullName: "", comment, options: [], resolvedOptions: noOptions, methods: [] };
  const behind = cursor.block(`service ${name.text}`, () => {
    if (cursor.accept(";")) return;
    if (cursor.text === "option") service.options.push(parseOptionStatement(cursor));
    else service.methods.push(parseMethod(cursor));
  });
  service.comment ||= behind;
  return service;
}

/** `rpc Name(Request) returns (stream Response);`, or with options in braces. */
function parseMethod(cursor: Cursor): MethodNode {
  const comment = cursor.comment();
  cursor.expect("rpc", "before a command");
  const name = cursor.identifier("a command's name");
  const request = parseParameter(cursor, "request");
  cursor.expect("returns", "behind the request");
  const response = parseParameter(cursor, "response");
  const options: OptionNode[] = [];
  let behind = "";
  if (cursor.text === "{") {
    behind = cursor.block(`rpc ${name.text}`, () => {
      if (!cursor.accept(";")) options.push(parseOptionStatement(cursor));
    });
  } else {
    cursor.expect(";", "behind the command");
    behind = cursor.trailingComment();
  }
  return {
    kind: "method",
    name,
    fullName: "",
    comment: comment || behind,
    options,
    resolvedOptions: noOptions,
    request: request.type,
    response: response.type,
    requestStream: request.stream,
    responseStream: response.stream,
  };
}

function parseParameter(cursor: Cursor, what: string): { type: TypeName; stream: boolean } {
  cursor.expect("(", `before the ${what}`);
  const stream = cursor.accept("stream");
  const type = cursor.typeName(`the ${what}'s message`);
  cursor.expect(")", `behind the ${what}`);
  return { type, stream };
}
