import type { Worker } from "node:cluster";

/** What node:cluster writes to a worker with a connection, and the worker's answer. */
interface ClusterMessage {
  readonly cmd?: string;
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
}

/**
 * Has connections that a worker was given as it died go to another one. node:cluster waits for its answer for ever: the client would be left without a word, and the primary with a
 * socket that keeps it alive. So the answer is given in the worker's place: that it did not take the connection. A version of Node that says these things in other words is left to
 * itself.
 */
export function returnUntaken(worker: Worker): void {
  const child = worker.process;
  const given = new Set<number>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = (...args: unknown[]): boolean => {
    const { cmd, act, seq } = args[0] as ClusterMessage;
    if (cmd === "NODE_CLUSTER" && act === "newconn" && seq !== undefined) given.add(seq);
    return send(...args);
  };
  child.on("internalMessage", ({ cmd, ack }: ClusterMessage) => {
    if (cmd === "NODE_CLUSTER" && ack !== undefined) given.delete(ack);
  });
  child.once("exit", () => {
    for (const ack of [...given]) child.emit("internalMessage", { cmd: "NODE_CLUSTER", ack, accepted: false });
  });
}
