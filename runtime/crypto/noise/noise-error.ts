/** A message of a Noise handshake is too short, or does not verify. The handshake is over then. */
export class NoiseError extends Error {
  override readonly name = "NoiseError";
}
