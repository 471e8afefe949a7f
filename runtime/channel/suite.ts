/**
 * The handshakes that the protocol knows, under their Noise protocol names: NK when the server's static key is pinned and the client is
 * anonymous, XK when the client has a key of its own, XX when the server's static key has to be learned.
 */
export const suiteNames = [
  "Noise_NK_25519_ChaChaPoly_SHA256",
  "Noise_XK_25519_ChaChaPoly_SHA256",
  "Noise_XX_25519_ChaChaPoly_SHA256",
] as const;

export type SuiteName = (typeof suiteNames)[number];

export const NK: SuiteName = suiteNames[0];
export const XK: SuiteName = suiteNames[1];
export const XX: SuiteName = suiteNames[2];

/** Whether a name that came from a peer is one of {@link suiteNames}. */
export function isSuiteName(name: string): name is SuiteName {
  return (suiteNames as readonly string[]).includes(name);
}
