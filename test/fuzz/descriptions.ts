import { Lobby } from "../../generated/example/lobby/v1/lobby.ts";
import { Names } from "../../generated/example/probe/v1/names.ts";
import { Probe } from "../../generated/example/probe/v1/probe.ts";
import { decodeBase64 } from "../../runtime/bytes/base64.ts";
import { CommandError } from "../../runtime/errors/command-error.ts";
import { readDescription } from "../../runtime/schema/compatibility/read-description.ts";
import { relate } from "../../runtime/schema/compatibility/service-relation.ts";
import { serviceInfo } from "../../runtime/schema/service-type.ts";
import { Mutator } from "./mutator.ts";
import type { FuzzRun, FuzzTarget } from "./target.ts";

const descriptions = [Lobby, Probe, Names].map((service) => decodeBase64(service[serviceInfo].schema.description)!);

/** What peers tell of their schemas: whatever can be read can be compared, and is the same as itself. */
export const describedServices: FuzzTarget = {
  name: "descriptions",
  share: 60,
  async prepare(): Promise<FuzzRun> {
    const own = descriptions.map((bytes) => readDescription(bytes));
    return (seed) => {
      const mutator = new Mutator(seed);
      const bytes = mutator.mutate([mutator.pick(descriptions)])[0] ?? new Uint8Array();
      let peer: ReturnType<typeof readDescription>;
      try {
        peer = readDescription(bytes);
      } catch (error) {
        if (CommandError.is(error)) return `refused ${error.code}`;
        throw error;
      }
      const service = mutator.pick(own);
      relate(service, peer);
      relate(peer, service);
      const odd = [...relate(peer, peer)].find(([, { kind }]) => kind !== "ok");
      if (odd !== undefined) throw new Error(`${odd[0]} of a description does not fit itself: ${odd[1].kind}`);
      return "compared";
    };
  },
};
