import { docComment } from "../emit/comment.ts";
import type { HandlerCommandView, MessageRef } from "../emit/handler-view.ts";
import type { Style } from "./style.ts";

/** The local name of an export of a module, imported where it has to be. */
export type Use = (module: string, name: string, type: boolean) => string;

export interface MethodPlace {
  readonly service: string;
  /** The type argument of the handlers' interface, as the class writes it; undefined where it has none. */
  readonly data: string | undefined;
  /** What the class stands behind. */
  readonly outer: string;
  readonly style: Style;
  readonly use: Use;
}

/**
 * A method that handles a command, its comment and signature complete, its body still to be written: the parameters begin with the underscore that
 * compilers and linters take for "not used".
 */
export function methodText(command: HandlerCommandView, place: MethodPlace): string {
  const { outer, style, use, service } = place;
  const indent = outer + style.indent;
  const streamed = givesStream(command);
  const name = `${streamed ? "async *" : "async "}${command.method}`;
  const message = `${style.quote}${service}.${command.method} is not written yet${style.quote}`;
  const code = `${style.quote}UNIMPLEMENTED${style.quote}`;
  const lines = [
    `${indent}${name}(${parameter(command, use)}, _context: ${contextType(command, place)}): ${resultType(command, use)} {`,
    `${indent}${style.indent}throw new ${use("zserver", "CommandError", false)}(${code}, ${message})${style.semicolon}`,
    `${indent}}`,
  ];
  return (docComment(command.comment, indent) + lines.join("\n")).replaceAll("\n", style.newline);
}

const typeOf = ({ module, type }: MessageRef, use: Use): string => use(module, type, true);
const initOf = ({ module, init }: MessageRef, use: Use): string => use(module, init, true);

/** A blob is one object for its handler, however it travels. */
function givesStream({ kind, blobs }: HandlerCommandView): boolean {
  return !blobs?.reply && (kind === "server_stream" || kind === "bidi_stream");
}

function parameter({ kind, request, blobs }: HandlerCommandView, use: Use): string {
  const type = typeOf(request, use);
  if (blobs?.request) return `_blob: ${type}`;
  return kind === "client_stream" || kind === "bidi_stream" ? `_requests: AsyncIterable<${type}>` : `_request: ${type}`;
}

function contextType({ deferred, reply }: HandlerCommandView, { data, use }: MethodPlace): string {
  if (deferred) return `${use("zserver", "DeferredContext", true)}<${data ?? "unknown"}, ${initOf(reply, use)}>`;
  return use("zserver", "Context", true) + (data === undefined ? "" : `<${data}>`);
}

function resultType(command: HandlerCommandView, use: Use): string {
  const { kind, deferred, reply } = command;
  if (kind === "one_way") return "Promise<void>";
  const init = initOf(reply, use);
  if (givesStream(command)) return `AsyncIterable<${init}>`;
  return deferred ? `Promise<${init} | ${use("zserver", "DeferredReply", true)}<${init}>>` : `Promise<${init}>`;
}
