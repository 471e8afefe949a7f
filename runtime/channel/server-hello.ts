import {
  type Limits,
  type LimitsInit,
  readServerHello as readFields,
  writeServerHello,
} from "../../generated/zserver/protocol/v1/handshake.ts";
import { KEY_BYTES } from "../crypto/checks.ts";
import { equalBytes } from "../crypto/equal.ts";
import { isStatementExpired, type KeyStatement, verifyStatement } from "../crypto/key-statement.ts";
import { formatServerKey, type ServerKey } from "../crypto/key-string.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { decode, encode } from "../schema/codec.ts";
import { ChannelFailure } from "./failure.ts";

/** What the payload of message 2 proved and told. */
export interface ServerProof {
  readonly statement: KeyStatement;
  readonly limits: Limits;
}

/** The payload of message 2. */
export function encodeServerHello(statement: KeyStatement, limits: LimitsInit): Uint8Array {
  return encode({ name: "ServerHello", write: writeServerHello }, { statement, limits });
}

/**
 * Reads the payload of message 2 and checks that its statement is genuine and speaks for `staticKey`, the key that the handshake proved. Throws
 * ChannelFailure or CommandError.
 *
 * @param wallNow of a clock that is trusted
 */
export function readServerHello(
  crypto: CryptoProvider,
  payload: Uint8Array,
  staticKey: Uint8Array,
  wallNow: (() => number) | undefined,
): ServerProof {
  const { statement, limits } = decode({ name: "ServerHello", read: readFields }, payload);
  if (statement === undefined || limits === undefined) throw failed("the server's hello lacks its statement or its limits");
  if (!verifyStatement(crypto, statement)) throw failed("the signature of the server's key statement is wrong");
  if (!equalBytes(statement.staticKey, staticKey)) throw failed("the server's key statement is about another key than the handshake's");
  if (wallNow !== undefined && isStatementExpired(statement, wallNow())) throw failed("the server's key statement has expired");
  return { statement, limits };
}

/** The failure of a dialler whose server says that it has another identity, in clear: it proves nothing, and helps whoever mistyped a key. */
export function wrongServer(crypto: CryptoProvider, pin: ServerKey | "judge", identity: Uint8Array): ChannelFailure {
  if (pin === "judge" || identity.length !== KEY_BYTES) return failed("the server refuses a key that was not asked for");
  if (equalBytes(pin.identity, identity)) return failed("the first message reached the right server, and changed on its way");
  const [pinned, other] = [pin.identity, identity].map((key) => formatServerKey(crypto, { identity: key }));
  return new ChannelFailure("SERVER_KEY_MISMATCH", `the server says that its identity is ${other}, but ${pinned} is pinned`);
}

/** Throws ChannelFailure unless this genuine statement is by the pinned identity, and none that it has replaced. */
export function checkPin(crypto: CryptoProvider, pin: ServerKey, statement: KeyStatement): void {
  if (!equalBytes(pin.identity, statement.identity)) {
    const pinned = formatServerKey(crypto, pin);
    const presented = presentedServerKey(crypto, statement);
    throw new ChannelFailure("SERVER_KEY_MISMATCH", `the server's key is ${presented}, but ${pinned} is pinned`);
  }
  const lowest = pin.static?.serial ?? 0;
  if (statement.serial < lowest)
    throw failed(`the server's key statement has serial ${statement.serial}, below ${lowest}, which is pinned`);
}

/** What a client would pin to recognise the statement's server. */
export function presentedServerKey(crypto: CryptoProvider, { identity, staticKey, serial }: KeyStatement): string {
  return formatServerKey(crypto, { identity, static: { key: staticKey, serial } });
}

function failed(message: string): ChannelFailure {
  return new ChannelFailure("HANDSHAKE_FAILED", message);
}
