/** One way of telling many clients the same. */
export interface BroadcastContender {
  readonly name: string;
  /** Starts a server on a free port of 127.0.0.1. */
  serve(): Promise<BroadcastServer>;
  /** Makes a client that hears every broadcast from then on. Of each that it has read whole, `heard` gets the sum of the fields. */
  connect(address: string, heard: (sum: number) => void): Promise<unknown>;
}

export interface BroadcastServer {
  /** What `connect` needs to know. */
  readonly address: string;
  /** How many clients hear its broadcasts. */
  readonly listeners: number;
  /** Sends the event of this turn to all of them. */
  broadcast(turn: number): void;
}
