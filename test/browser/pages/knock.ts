import { connect, EndError } from "zserver";
import type { LobbyArguments } from "./lobby.ts";

/** A page that only tries to get in: why it did not, or that it did. */
export async function main({ endpoint, serverKey }: LobbyArguments): Promise<string> {
  try {
    const client = await connect({ endpoints: [endpoint], serverKey });
    await client.close();
    return "let in";
  } catch (error) {
    return error instanceof EndError ? `${error.reason}: ${error.message}` : String(error);
  }
}
