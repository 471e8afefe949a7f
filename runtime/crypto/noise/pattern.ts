/** What one message of a handshake does, in order: sends a key, mixes a Diffie-Hellman result or a pre-shared key (Noise, sections 7 and 9). */
export type Token = "e" | "s" | "ee" | "es" | "se" | "ss" | "psk";

export interface HandshakePattern {
  /** Static keys that are known before the first message. */
  readonly initiatorStaticKnown: boolean;
  readonly responderStaticKnown: boolean;
  /** The messages, the initiator's first, then by turns. */
  readonly messages: readonly (readonly Token[])[];
  /** How many pre-shared keys the messages mix in. With any, every `e` also mixes the public key (section 9.2). */
  readonly pskCount: number;
}

const fundamental = (known: "" | "rs" | "s rs", ...messages: string[]): HandshakePattern => ({
  initiatorStaticKnown: known === "s rs",
  responderStaticKnown: known !== "",
  messages: messages.map((message) => message.split(" ") as Token[]),
  pskCount: 0,
});

/** Section 7.5, those that are of use here. */
const fundamentals: ReadonlyMap<string, HandshakePattern> = new Map([
  ["NN", fundamental("", "e", "e ee")],
  ["NK", fundamental("rs", "e es", "e ee")],
  ["KK", fundamental("s rs", "e es ss", "e ee se")],
  ["XK", fundamental("rs", "e es", "e ee", "s se")],
  ["IK", fundamental("rs", "e es s ss", "e ee se")],
  ["XX", fundamental("", "e", "e ee s es", "s se")],
]);

const PROTOCOL_NAME = /^Noise_([A-Z]{2})((?:psk\d)?(?:\+psk\d)*)_25519_ChaChaPoly_SHA256$/;

/**
 * The pattern in a Noise protocol name (section 8), for example `Noise_NKpsk0_25519_ChaChaPoly_SHA256`. Throws RangeError for a name that is not
 * spoken here: one of our own constants is wrong then.
 */
export function patternOf(protocolName: string): HandshakePattern {
  const [, base, modifiers] = PROTOCOL_NAME.exec(protocolName) ?? [];
  let pattern = fundamentals.get(base ?? "");
  if (pattern === undefined) throw new RangeError(`${protocolName} is not spoken here`);
  for (const modifier of modifiers!.split("+")) if (modifier !== "") pattern = withPsk(pattern, Number(modifier.slice(3)), protocolName);
  return pattern;
}

/** `psk0` opens the first message, `pskN` closes message N (section 9.4). */
function withPsk(pattern: HandshakePattern, position: number, protocolName: string): HandshakePattern {
  if (position > pattern.messages.length) throw new RangeError(`${protocolName} has no message ${position}`);
  const messages = pattern.messages.map((tokens, index): readonly Token[] => {
    if (position === 0 && index === 0) return ["psk", ...tokens];
    return index === position - 1 ? [...tokens, "psk"] : tokens;
  });
  return { ...pattern, messages, pskCount: pattern.pskCount + 1 };
}
