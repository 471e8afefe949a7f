import { suite } from "uvu";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { memoryNetwork } from "../../../runtime/transport/memory-network.ts";
import { messagePortListener } from "../../../runtime/transport/message-port-endpoint.ts";
import { seededRandom } from "../../support/channel/ends.ts";
import { MemoryRelay } from "../../support/session/memory-relay.ts";
import { PortRelay } from "../../support/session/port-relay.ts";
import { blackHoleStory, killStory, type Route } from "../../support/session/relayed.ts";
import { WebSocketRelay } from "../../support/session/websocket-relay.ts";

export const testTimeoutMs = 120_000;

const random = seededRandom(700);
const cut = (limit: number): number => ((random(1)[0]! << 8) | random(1)[0]!) % limit;

/** Made anew for each story: a listener serves one server. */
const routes: readonly (() => Route)[] = [
  () => ({
    name: "a relay that cuts WebSocket messages anew",
    serve: { listen: ["ws://127.0.0.1:0"] },
    relay: (url) => new WebSocketRelay(url, cut).listen(),
  }),
  () => {
    const ports = messagePortListener();
    return { name: "message ports", serve: { listen: [ports] }, relay: () => new PortRelay((port) => ports.accept(port)) };
  },
  () => {
    const memory = memoryNetwork({ clock: systemClock });
    return { name: "memory", serve: { listen: ["memory:server"], memory }, relay: () => new MemoryRelay(() => memory.dial("server")) };
  },
];

const test = suite("session/resume-relays");

for (const route of routes) {
  const { name } = route();
  test(`${name}: 20,000 commands while the connection is killed 200 times at random bytes arrive once each, in order`, () =>
    killStory(route()));
  test(`${name}: when the entrance in use drops everything, an outstanding call goes on through another one within 3 s`, () =>
    blackHoleStory(route()));
}

test.run();
