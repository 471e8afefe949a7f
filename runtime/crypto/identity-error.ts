/** An identity cannot be made or read. The message never shows anything of the text that was read: it is secret. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
}
