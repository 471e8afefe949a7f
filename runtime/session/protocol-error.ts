/** A well-sealed frame broke the protocol: caught by the session, which ends with PROTOCOL_ERROR and this message. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}
