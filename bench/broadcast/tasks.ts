/** What the process of a server is asked. It answers with a {@link ServerState}. */
export type ServerTask = { readonly kind: "broadcast"; readonly turn: number } | { readonly kind: "look" };

export interface ServerState {
  readonly listeners: number;
  /** Microseconds of CPU time that its process has used so far. */
  readonly cpu: number;
}

/** What the process of the clients is asked. `connect`: to make so many. `hear`: to answer when all of them together have heard so many broadcasts. */
export type ClientTask = { readonly kind: "connect"; readonly clients: number } | { readonly kind: "hear"; readonly broadcasts: number };
