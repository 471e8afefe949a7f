import {
  readEntranceList as readEntrances,
  readSignedEntrances,
  writeEntranceList,
  writeSignedEntrances,
} from "../../generated/zserver/protocol/v1/entrances.ts";
import { concatBytes } from "../bytes/concat.ts";
import { decodeBase64url, encodeBase64url } from "../crypto/base64url.ts";
import type { CryptoProvider, KeyPair } from "../crypto/provider.ts";
import { decode, encode } from "../schema/codec.ts";
import type { MessageReader } from "../schema/message-type.ts";
import { isKnownScheme } from "../transport/endpoint.ts";
import { type ListedEndpoint, MAX_ENDPOINTS, parseEndpointList } from "./endpoint-list.ts";

/** The largest encoded list: 64 addresses of a usual length, and what a client is asked to keep on disk. */
export const ENTRANCE_LIST_BYTES = 8_192;
/** The largest version: it travels as 64 bits. */
const MAX_VERSION = (1n << 64n) - 1n;

/** An entrance as a server's program writes it: a URL, or a URL with its rank among the others. Lower priorities are tried first. */
export type EntranceInit = string | { readonly url: string; readonly priority?: number | undefined };

/** Where a server may be reached, as its identity signed it. */
export interface SignedEntranceList {
  /** 1 to 2^64 - 1; the higher one replaces the lower. */
  readonly version: bigint;
  /** Those whose scheme this version knows. */
  readonly endpoints: readonly ListedEndpoint[];
  /** The message `SignedEntrances`, as it travels. */
  readonly bytes: Uint8Array;
}

/** A signed list is malformed, or another identity's. Says what is wrong with it. */
export class EntranceListError extends Error {
  override readonly name = "EntranceListError";
}

/** No signature made for something else can be taken for one of a list: the signed bytes begin with this. */
const domain = /* @__PURE__ */ new TextEncoder().encode("zserver entrances v1");
const PREFIX = "zse_";
/** Characters of the longest text: list, signature and 16 bytes for tags and lengths. */
const TEXT_CHARACTERS = PREFIX.length + Math.ceil(((ENTRANCE_LIST_BYTES + 64 + 16) * 4) / 3);

/** Signs a list. Throws TypeError that names the entry and what is wrong with it, and for a version that 64 bits cannot hold. */
export function signEntranceList(
  crypto: CryptoProvider,
  identity: KeyPair,
  entrances: readonly EntranceInit[],
  version: bigint,
): SignedEntranceList {
  if (typeof version !== "bigint" || version < 1n || version > MAX_VERSION)
    throw new TypeError(`entrances: the version is a bigint from 1 to 2^64 - 1, not ${String(version)}`);
  const endpoints = parseEndpointList(entrances, "entrances");
  for (const { endpoint } of endpoints)
    if (endpoint.scheme === "custom")
      throw new TypeError(`\`entrances\`: ${endpoint.url}: an entrance is a URL, which others can dial too`);
  const list = encode(
    { name: "EntranceList", write: writeEntranceList },
    {
      version,
      entrances: endpoints.map(({ endpoint, priority }) => ({ url: endpoint.url, priority })),
    },
  );
  if (list.length > ENTRANCE_LIST_BYTES)
    throw new TypeError(`\`entrances\`: the list takes ${list.length} bytes; ${ENTRANCE_LIST_BYTES} are the most`);
  const signature = crypto.ed25519Sign(identity, concatBytes(domain, list));
  return { version, endpoints, bytes: encode({ name: "SignedEntrances", write: writeSignedEntrances }, { list, signature }) };
}

/**
 * Reads a list and checks that `identity` signed it. Undefined when its version is not above `above`: then nothing else of it was looked at. Keeps
 * `bytes`. Throws EntranceListError.
 */
export function readEntranceList(
  crypto: CryptoProvider,
  identity: Uint8Array,
  bytes: Uint8Array,
  above = 0n,
): SignedEntranceList | undefined {
  const { list, signature } = decoded("SignedEntrances", readSignedEntrances, bytes);
  if (list.length > ENTRANCE_LIST_BYTES)
    throw new EntranceListError(`a list of entrances takes ${list.length} bytes; ${ENTRANCE_LIST_BYTES} are the most`);
  const { version, entrances } = decoded("EntranceList", readEntrances, list);
  if (version <= above) return undefined;
  if (!crypto.ed25519Verify(identity, concatBytes(domain, list), signature))
    throw new EntranceListError("the signature of a list of entrances is not that of the server's identity");
  if (entrances.length === 0) throw new EntranceListError("a list of entrances is empty");
  // A later version may know more schemes; the rest of its list is still of use.
  const known = entrances.filter(({ url }) => isKnownScheme(url));
  return { version, endpoints: known.length === 0 ? [] : parsed(known), bytes };
}

/** A signed list as text, for a program to keep: `zse_…`. It is not secret. */
export function formatEntranceList({ bytes }: SignedEntranceList): string {
  return PREFIX + encodeBase64url(bytes);
}

/** The reverse of {@link formatEntranceList}, checked as {@link readEntranceList} does. Throws EntranceListError. */
export function parseEntranceList(crypto: CryptoProvider, identity: Uint8Array, text: string): SignedEntranceList {
  const fits = typeof text === "string" && text.startsWith(PREFIX) && text.length <= TEXT_CHARACTERS;
  const bytes = fits ? decodeBase64url(text.slice(PREFIX.length)) : undefined;
  if (bytes === undefined)
    throw new EntranceListError(`this is no list of entrances: that begins with ${PREFIX} and is base64url behind it`);
  const list = readEntranceList(crypto, identity, bytes);
  if (list === undefined) throw new EntranceListError("a list of entrances has the version 0");
  return list;
}

function decoded<T>(name: string, read: MessageReader<T>["read"], bytes: Uint8Array): T {
  try {
    return decode({ name, read }, bytes, { decodeElements: MAX_ENDPOINTS });
  } catch (error) {
    throw new EntranceListError(`a list of entrances is malformed: ${(error as Error).message}`);
  }
}

function parsed(entrances: readonly EntranceInit[]): readonly ListedEndpoint[] {
  try {
    return parseEndpointList(entrances, "entrances");
  } catch (error) {
    throw new EntranceListError((error as Error).message);
  }
}
