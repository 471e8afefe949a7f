import type { Payload } from "../rpc/framed.ts";
import type { Wire, WireKind } from "../rpc/wire.ts";
import type { BroadcastContender } from "./contender.ts";

/** Nothing but WebSockets: the event is encoded once, and each socket sends the same bytes. */
export const sockets = (name: string, kind: WireKind, payload: Payload): BroadcastContender => ({
  name,
  async serve() {
    const wires = new Set<Wire>();
    const port = await kind.listen((wire) => wires.add(wire));
    return {
      address: String(port),
      get listeners() {
        return wires.size;
      },
      broadcast(turn) {
        const bytes = payload.encode(turn);
        for (const wire of wires) wire.write(bytes);
      },
    };
  },
  async connect(port, heard) {
    const wire = await kind.dial(Number(port));
    wire.onBytes((bytes) => heard(payload.decode(bytes)));
  },
});
