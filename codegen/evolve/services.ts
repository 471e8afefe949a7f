import type { Command } from "../model/schema.ts";
import type { Check } from "./rule.ts";
import { commandPairs, shortName } from "./schema-pair.ts";

/** A rule that something about commands stays as it is. */
function same(what: string, of: (command: Command) => unknown): Check {
  return (schemas, report) => {
    for (const { before, after } of commandPairs(schemas))
      if (of(before) !== of(after))
        report(after.position, `${what} of ${shortName(after)} was ${String(of(before))} and is ${String(of(after))}`);
  };
}

export const rpcSameRequestType: Check = same("the request", ({ request }) => request);
export const rpcSameResponseType: Check = same("the reply", ({ response }) => response);
export const rpcSameClientStreaming: Check = same("streaming of requests", ({ requestStream }) => requestStream);
export const rpcSameServerStreaming: Check = same("streaming of replies", ({ responseStream }) => responseStream);
export const rpcSameIdempotencyLevel: Check = same("idempotency", ({ idempotency }) => idempotency);
