import type { JsonValue } from "../../runtime/schema/json/value.ts";
import type { Command } from "../model/schema.ts";
import { type Terminal, UsageError } from "./terminal.ts";

/** The requests of a call: one for each line of standard input (`-`), those of a list for a stream, or the one that was given. */
export async function* requestsOf(text: string | undefined, command: Command, terminal: Terminal): AsyncGenerator<JsonValue> {
  if (text === "-") {
    if (command.requestStream) yield* linesOf(terminal);
    else yield parse(await wholeOf(terminal));
    return;
  }
  const value = text === undefined ? (command.requestStream ? [] : {}) : parse(text);
  if (command.requestStream && Array.isArray(value)) yield* value;
  else yield value;
}

/** Throws UsageError with what is wrong, and where. */
function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new UsageError(`the request is no JSON: ${(error as Error).message}`);
  }
}

async function* linesOf(terminal: Terminal): AsyncGenerator<JsonValue> {
  let rest = "";
  for await (const chunk of terminal.input()) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== "") yield parse(line);
  }
  if (rest.trim() !== "") yield parse(rest);
}

async function wholeOf(terminal: Terminal): Promise<string> {
  let text = "";
  for await (const chunk of terminal.input()) text += chunk;
  return text;
}
