import { systemClock } from "../../../runtime/time/system-clock.ts";
import type { DialOptions } from "../../../runtime/transport/dial.ts";
import { dial } from "../../../runtime/transport/dial-node.ts";
import { parseEndpoint } from "../../../runtime/transport/endpoint.ts";
import { type ListenOptions, listen } from "../../../runtime/transport/listen.ts";
import { originRules } from "../../../runtime/transport/origin.ts";
import type { Listener, Transport } from "../../../runtime/transport/transport.ts";
import { arrivals, failOnError } from "./websocket.ts";

export interface AnyListening {
  readonly listener: Listener;
  /** Where clients reach it. */
  readonly url: string;
  /** The next transport that comes in. */
  accepted(): Promise<Transport>;
  /** A client and the server's end of its connection, neither started. */
  connect(options?: Partial<DialOptions>): Promise<{ readonly client: Transport; readonly server: Transport }>;
}

/** Listens at a URL of any scheme. */
export async function listeningAt(where: string, options: Partial<ListenOptions> = {}): Promise<AnyListening> {
  const { accept, next } = arrivals();
  const listener = await listen(where, { origins: originRules(), accept, onError: failOnError, ...options });
  const url = listener.endpoints[0]!;
  return {
    listener,
    url,
    accepted: next,
    async connect(dialOptions) {
      const server = next();
      const client = await dialAt(url, dialOptions);
      return { client, server: await server };
    },
  };
}

export function dialAt(url: string, options: Partial<DialOptions> = {}): Promise<Transport> {
  return dial(parseEndpoint(url), { clock: systemClock, ...options });
}

/** The message with which an attempt fails. */
export function failure(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "it succeeded",
    (error: Error) => error.message,
  );
}
