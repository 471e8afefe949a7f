import { DialerChannel } from "../../../runtime/channel/dialer-channel.ts";
import { parseServerKey } from "../../../runtime/crypto/key-string.ts";
import { systemRandom } from "../../../runtime/crypto/random.ts";
import type { Attempt } from "../../../runtime/discovery/target.ts";
import { EndError } from "../../../runtime/session/session-end.ts";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import { dial } from "../../../runtime/transport/dial-node.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { native } from "../channel/ends.ts";

/** Attempts on real sockets that are won when the server has proven its key, which is when a client may resume. */
export function proveServer(serverKey: string): Attempt<Transport> {
  return async ({ endpoint, address }, signal) => {
    const transport = await dial(endpoint, { clock: systemClock, signal, address });
    return new Promise((resolve, reject) => {
      const options = { crypto: native, random: systemRandom, timers: timersOf(systemClock), server: parseServerKey(native, serverKey) };
      const fail = (error: unknown): void => {
        channel.destroy();
        transport.destroy();
        reject(error);
      };
      const channel = new DialerChannel(options, {
        output: (bytes) => void transport.write(bytes),
        established: () => {
          channel.destroy();
          resolve(transport);
        },
        record() {},
        rotated() {},
        ended: (reason, message, retryAfterMs) => fail(new EndError(reason, message, retryAfterMs)),
        illegal: (message) => fail(new EndError("PROTOCOL_ERROR", message)),
      });
      // It may have been aborted while the transport opened.
      if (signal.aborted) return fail(signal.reason);
      signal.addEventListener("abort", () => fail(signal.reason));
      transport.start({
        onBytes: (bytes) => channel.receive(bytes),
        onDrain() {},
        onClose: ({ message }) => fail(new EndError("TRANSPORT_CLOSED", message)),
      });
      channel.start();
    });
  };
}
