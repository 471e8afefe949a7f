/** The server's public key. Clients refuse a server that can't prove it. `npx zgen keygen --force` makes another. */
export const serverKey = "SERVER_KEY";
