import type { Transport } from "../../../runtime/transport/transport.ts";

/** For {@link World}: the server's end of each connection comes from the address that `next` says, as if there were a network. */
export function from(next: () => string): (transport: Transport, side: "client" | "server") => Transport {
  return (transport, side) => {
    if (side === "client") return transport;
    return Object.defineProperty(transport, "remote", { value: { address: next(), port: 40_000 } });
  };
}
