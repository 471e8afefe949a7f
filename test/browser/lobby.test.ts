import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type Admit,
  CommandError,
  createIdentity,
  errorDetail,
  implement,
  type ServeOptions,
  type Server,
  type Session,
  serve,
} from "zserver";
import { type ChatLine, Lobby, Player, RoomFull } from "../../generated/example/lobby/v1/lobby.ts";
import { skipWithReason } from "../support/report.ts";
import { chromiumMissing, type Site, serveSite, startChromium, visit } from "./chromium.ts";
import type { LobbyResult } from "./pages/lobby.ts";

const test = suite("browser/lobby");

const entry = (name: string): string => fileURLToPath(new URL(`pages/${name}.ts`, import.meta.url));

/** A lobby that remembers what was said and tells it to whoever said it. */
function lobby(options: Pick<ServeOptions, "listen" | "allowedOrigins">): Promise<Server> {
  const said: ChatLine[] = [];
  const hear = (session: Session, line: ChatLine): Promise<void> => session.use(Player).heard(line);
  const handlers = implement(Lobby, {
    join({ room }, { principal }) {
      if (room === "full")
        throw new CommandError("RESOURCE_EXHAUSTED", "no place left", { details: [errorDetail(RoomFull, { room, capacity: 2 })] });
      return { players: ["server", ...principal.roles] };
    },
    async say(line, { session }) {
      said.push(line);
      await hear(session, line);
    },
    match: () => ({ opponent: "nobody" }),
    history: () => said,
    async import(lines) {
      let kept = 0;
      for await (const { text } of lines) kept += text.length === 4096 ? 1 : 0;
      return { kept };
    },
  });
  const admit: Admit = (credentials, { reason }) => ({ principal: "player", roles: [credentials.text(), reason] });
  return serve({ ...options, identity: createIdentity(), handlers: [handlers], admit });
}

const expected: Omit<LobbyResult, "rotations"> = {
  evalRefused: true,
  players: ["server", "fresh", "renewal"],
  history: ["one", "two", "three"],
  kept: 100,
  batch: ["fulfilled", "rejected"],
  refusal: { code: "RESOURCE_EXHAUSTED", capacity: 2 },
  heard: ["one", "two", "three"],
};

function checkPlayed(result: unknown): void {
  const { rotations, ...rest } = result as LobbyResult;
  assert.equal(rest, expected);
  assert.ok(rotations >= 1, "the keys were not renewed");
}

const missing = chromiumMissing();
if (missing !== undefined) skipWithReason("everything in a browser", missing);
else {
  const browser = await startChromium();
  const sites: Site[] = [];
  const open = async (name: string): Promise<Site> => {
    const site = await serveSite(entry(name));
    sites.push(site);
    return site;
  };
  test.after(async () => {
    await browser.close();
    for (const site of sites) await site.close();
  });

  test("a page plays through the generated client under a policy without unsafe-eval, and so does a worker", async () => {
    const site = await open("lobby");
    for (const where of ["page", "worker"] as const) {
      const server = await lobby({ listen: ["ws://127.0.0.1:0"], allowedOrigins: [site.origin] });
      const { result, console } = await visit(browser, site, { endpoint: server.endpoints[0], serverKey: server.serverKey }, where);
      checkPlayed(result);
      assert.equal(console, []);
      await server.close();
    }
  });

  test("a page of the server that commands are attached to may connect without being listed", async () => {
    const site = await open("lobby");
    const server = await lobby({ listen: [{ server: site.server, path: "/zserver" }] });
    const { result } = await visit(browser, site, { endpoint: server.endpoints[0], serverKey: server.serverKey });
    checkPlayed(result);
    await server.close();
  });

  test("a page of a foreign origin is refused, and one that is listed is not", async () => {
    const site = await open("knock");
    for (const [allowedOrigins, answer] of [
      [[], /^TRANSPORT_FAILED: .*refuses this page's origin \(`allowedOrigins`\)/],
      [[site.origin], /^let in$/],
    ] as const) {
      const server = await lobby({ listen: ["ws://127.0.0.1:0"], allowedOrigins });
      const { result } = await visit(browser, site, { endpoint: server.endpoints[0], serverKey: server.serverKey });
      assert.match(String(result), answer);
      assert.is([...server.sessions()].length, 0);
      await server.close();
    }
  });
}

test.run();
