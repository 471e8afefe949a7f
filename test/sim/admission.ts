import type { Client, CredentialsProvider } from "../../runtime/client.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import { CommandError } from "../../runtime/errors/command-error.ts";
import type { ServeOptions } from "../../runtime/server.ts";
import type { SessionEnd } from "../../runtime/session/session-end.ts";
import type { Model } from "./model.ts";
import { type SimProcess, WALL_START_MS } from "./process.ts";
import { SimRandom } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { Timeline } from "./timeline.ts";

/** How a world decides who is let in. */
export interface AdmissionScenario {
  /** How long an admission holds; undefined: until further notice. */
  readonly expiresMs: number | undefined;
  /** How long `admit` takes at most. */
  readonly slowMs: number;
  readonly denyChance: number;
  readonly failChance: number;
  /** How likely `admit` never answers. */
  readonly silentChance: number;
  /** How likely a client has no credentials to go on with. */
  readonly tokenlessChance: number;
  /** How often a client's principal is revoked. */
  readonly revokes: number;
}

const ADMIT_TIMEOUT_MS = 1_000;
/** By how much timers may be late. */
const LATE_MS = 30;
/** In which a client is back in a calm world, whatever was before. */
const BACK_MS = 60_000;

/** The admission of a seed's world: one world in three asks who its clients are. */
export function admissionOf(seed: number): AdmissionScenario | undefined {
  if (seed % 3 !== 1) return undefined;
  const random = new SimRandom(seed ^ 0x5eed);
  return {
    expiresMs: random.pick([undefined, 3_000, 15_000, 60_000]),
    slowMs: random.pick([0, 0, 50, 800]),
    denyChance: random.pick([0, 0, 0.03]),
    failChance: random.pick([0, 0.1]),
    silentChance: random.pick([0, 0, 0.03]),
    tokenlessChance: random.pick([0, 0.1]),
    revokes: random.pick([0, 0, 0, 1]),
  };
}

interface Grant {
  readonly principal: string;
  /** On the world's timeline. */
  readonly until: number;
}

export interface SimAdmissionOptions {
  readonly scenario: AdmissionScenario;
  readonly world: Scenario;
  readonly random: SimRandom;
  readonly model: Model;
  readonly timeline: Timeline;
}

/** What a world knows of its clients' credentials: which were issued, what `admit` made of them, and so what handlers may see. */
export class SimAdmission {
  readonly #options: SimAdmissionOptions;
  /** By client, the number of its newest credentials. */
  readonly #issued = new Map<string, number>();
  /** By session and credentials. */
  readonly #grants = new Map<string, Grant>();
  /** By session, the credentials that were admitted for certain. */
  readonly #admitted = new Map<string, number>();
  readonly #revoked = new Set<string>();
  readonly #renewing = new Set<SimProcess>();
  #calmAt = Number.POSITIVE_INFINITY;

  constructor(options: SimAdmissionOptions) {
    this.#options = options;
  }

  /** From here on nobody is denied, and nothing fails. */
  calmDown(): void {
    this.#calmAt = this.#options.timeline.now;
  }

  /** What a server in this process needs. */
  serving(process: SimProcess): Partial<ServeOptions> {
    const { scenario, random, model, timeline } = this.#options;
    return {
      admitTimeoutMs: ADMIT_TIMEOUT_MS,
      admit: async (credentials, { id, reason }) => {
        const [principal = "", number = ""] = credentials.text().split(" ");
        if (scenario.slowMs > 0) await process.sleep(random.skewed(scenario.slowMs));
        if (this.#happens(scenario.silentChance)) await new Promise(() => {});
        if (this.#happens(scenario.failChance)) throw new Error("no decision");
        if (this.#happens(scenario.denyChance)) return undefined;
        model.trace(`${principal} is admitted with ${number} to ${id.slice(0, 8)} (${reason})`);
        const until = timeline.now + (scenario.expiresMs ?? Number.POSITIVE_INFINITY);
        this.#grants.set(`${id} ${number}`, { principal, until });
        const expiresAt = scenario.expiresMs === undefined ? undefined : new Date(process.wallNow() + scenario.expiresMs);
        return { principal, roles: [number], expiresAt };
      },
    };
  }

  /** What a client in this process shows: its name, and a number that only grows. */
  credentialsOf(process: SimProcess, random: SimRandom): CredentialsProvider {
    const { tokenlessChance, slowMs } = this.#options.scenario;
    return async ({ reason }) => {
      const number = (this.#issued.get(process.name) ?? 0) + 1;
      this.#issued.set(process.name, number);
      if (slowMs > 0) await process.sleep(random.skewed(slowMs));
      if (reason !== "connect" && this.#happens(tokenlessChance)) throw new Error("no token");
      return `${process.name} ${number}`;
    };
  }

  /** Renews a client's credentials now and then. */
  async renew(client: Client, process: SimProcess, random: SimRandom): Promise<void> {
    const { model } = this.#options;
    for (;;) {
      await process.sleep(random.skewed(8_000));
      if (client.state === "ended" || this.#calm) return;
      const before = this.#issued.get(process.name) ?? 0;
      this.#renewing.add(process);
      try {
        await client.renewCredentials();
        this.#admitted.set(client.id, Math.max(this.#admitted.get(client.id) ?? 0, before + 1));
        model.trace(`${process.name} renewed ${before + 1}`);
      } catch (error) {
        this.#checkFailure(process.name, error);
      }
      this.#renewing.delete(process);
    }
  }

  revoke(principal: string): void {
    this.#revoked.add(principal);
  }

  /** A handler of the server runs: somebody was let in, is still, and is who the handler sees. */
  check({ id, principal }: Session): void {
    const { model, world } = this.#options;
    const name = id.slice(0, 8);
    const [number = ""] = principal.roles;
    const grant = this.#grants.get(`${id} ${number}`);
    if (grant === undefined || grant.principal !== principal.id) {
      model.violation(`${name}: a handler runs for ${principal.id} with ${number}, who was never let in so`);
      return;
    }
    const atLeast = this.#admitted.get(id) ?? 0;
    // Who asks to go on over a connection while another one is in use may have an older admission count after a newer one.
    if (world.moves === 0 && Number(number) < atLeast)
      model.violation(`${name}: a handler sees ${number}, and ${atLeast} was admitted before`);
  }

  /** What is wrong with a session that lives at the server; undefined when nothing is. */
  overdue({ principal: { expiresAt } }: Session): string | undefined {
    const { timeline, world } = this.#options;
    const lateMs = expiresAt === undefined ? 0 : WALL_START_MS + timeline.now - expiresAt.getTime();
    // A process that stood still judges nothing before it has read what came meanwhile.
    return world.freezes === 0 && lateMs > LATE_MS ? `lives ${lateMs} ms after its admission` : undefined;
  }

  /** What is wrong with an end for a reason of admission; undefined when nothing is. */
  judgeEnd({ principal }: Session, { reason, by }: SessionEnd, atServer: boolean): string | undefined {
    const { scenario, timeline } = this.#options;
    if (reason === "ADMISSION_DENIED") return !atServer && by === "peer" && scenario.denyChance > 0 ? undefined : "nobody was denied";
    if (reason === "REVOKED") return this.#revoked.size > 0 && (by === "peer") !== atServer ? undefined : "nobody was revoked";
    if (scenario.expiresMs === undefined || (by === "peer") === atServer) return "nothing expires";
    if (timeline.now > this.#calmAt + BACK_MS + scenario.expiresMs) return "it was to be renewed";
    if (!atServer) return undefined;
    const leftMs = principal.expiresAt!.getTime() - WALL_START_MS - timeline.now;
    return leftMs > LATE_MS ? `${leftMs} ms too early` : undefined;
  }

  /** Everything is over. */
  conclude(): void {
    for (const process of this.#renewing) if (process.alive) this.#options.model.violation(`${process.name}: a renewal never settled`);
  }

  get #calm(): boolean {
    return this.#options.timeline.now >= this.#calmAt;
  }

  #happens(chance: number): boolean {
    return !this.#calm && chance > 0 && this.#options.random.chance(chance);
  }

  #checkFailure(name: string, error: unknown): void {
    const what = CommandError.is(error) ? error.code : String(error);
    this.#options.model.trace(`${name} did not renew: ${what}`);
    const { world, scenario } = this.#options;
    const { denyChance, failChance, silentChance, slowMs, tokenlessChance } = scenario;
    const possible =
      what === "SESSION_LOST" ||
      (what === "PERMISSION_DENIED" && denyChance > 0) ||
      // Its own function may take longer than it may.
      (what.startsWith("EndError: HANDSHAKE_TIMEOUT") && slowMs + world.freezes > 0) ||
      (what === "UNAVAILABLE" && failChance + silentChance + slowMs > 0) ||
      (what === "Error: no token" && tokenlessChance > 0);
    if (!possible) this.#options.model.violation(`${name}: a renewal failed with ${String(error)}`);
  }
}
