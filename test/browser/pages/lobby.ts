import { CommandError, connect, type CredentialsRequest, implement } from "zserver";
import { Lobby, Player, RoomFull } from "../../../generated/example/lobby/v1/lobby.ts";

export interface LobbyArguments {
  readonly endpoint: string;
  readonly serverKey: string;
}

export interface LobbyResult {
  /** Whether the policy that the page is under really forbids code from strings. */
  readonly evalRefused: boolean;
  readonly players: readonly string[];
  readonly history: readonly string[];
  readonly kept: number;
  readonly batch: readonly string[];
  readonly refusal: { readonly code: string; readonly capacity: number | undefined };
  readonly heard: readonly string[];
  readonly rotations: number;
}

/** A player in a browser: every kind of call, both ways. */
export async function main({ endpoint, serverKey }: LobbyArguments): Promise<LobbyResult> {
  const heard: string[] = [];
  let hear = (): void => {};
  const heardAll = new Promise<void>((resolve) => {
    hear = resolve;
  });
  const player = implement(Player, {
    heard({ text }) {
      if (heard.push(text) === 3) hear();
    },
    ready: () => ({ ready: true }),
  });
  const credentials = async ({ reason }: CredentialsRequest): Promise<string> => (reason === "renewal" ? "fresh" : "first");
  const client = await connect({ endpoints: [endpoint], serverKey, handlers: [player], rotateAfterBytes: 64 * 1024, credentials });
  await client.renewCredentials();
  const lobby = client.use(Lobby);
  const { players } = await lobby.join({ room: "a", player: "page" });
  for (const text of ["one", "two", "three"]) void lobby.say({ room: "a", player: "page", text, saidAtMs: 1n });
  await heardAll;
  const history: string[] = [];
  for await (const { text } of lobby.history({ room: "a" })) history.push(text);
  const { kept } = await lobby.import(lines());
  const settled = await client.batch((batch) => [
    batch.use(Lobby).join({ room: "b", player: "x" }),
    batch.use(Lobby).join({ room: "full" }),
  ]);
  const batch = settled.map(({ status }) => status);
  const refusal = await lobby.join({ room: "full" }).then(letIn, refused);
  const rotations = client.stats().rotations;
  await client.close();
  return { evalRefused: evalRefused(), players, history, kept, batch, refusal, heard, rotations };
}

/** Enough bytes to renew the keys a few times. */
async function* lines() {
  for (let i = 0; i < 100; i++) yield { room: "a", text: `${i}`.padEnd(4096, "-") };
}

function letIn(): never {
  throw new Error("a full room let the player in");
}

function refused(error: unknown): LobbyResult["refusal"] {
  if (!CommandError.is(error)) throw error;
  return { code: error.code, capacity: error.detail(RoomFull)?.capacity };
}

function evalRefused(): boolean {
  try {
    return new Function("return false")() as boolean;
  } catch {
    return true;
  }
}
