/** Throws TypeError for an option that is no identity. The path of its file, or the server's key, is what people pass first. */
export function checkIdentity(where: string, identity: unknown): void {
  if (identity === undefined || (typeof identity === "object" && identity !== null && "pair" in identity && "staticKeys" in identity))
    return;
  throw new TypeError(`${where}: \`identity\` is what \`loadIdentity(path)\` gives, neither a path nor a key`);
}
