import { WorkerProcess } from "./worker-process.ts";

/** A contender's server and its client, in a process each. */
export interface Sides<Greeting> {
  readonly server: WorkerProcess;
  readonly client: WorkerProcess;
  /** What the client said first. */
  readonly greeting: Greeting;
}

/**
 * Starts `server-process.ts` of a folder with the name of the contender, and `client-process.ts` with that and with what the server said first.
 * Undefined when a package that they need is not installed.
 *
 * @param load makes of a module what is started: {@link plain} where a loader would be measured with it
 */
export async function startSides<Greeting>(
  name: string,
  folder: URL,
  load: (module: URL) => URL | Promise<URL> = (module) => module,
): Promise<Sides<Greeting> | undefined> {
  const server = await WorkerProcess.start<string>(name, await load(new URL("server-process.ts", folder)), [name]);
  if (server === undefined) return undefined;
  const client = await WorkerProcess.start<Greeting>(name, await load(new URL("client-process.ts", folder)), [name, server.greeting]);
  // Else it would wait for answers for ever.
  void server.process.ended.then((how) => client!.process.stop(how));
  return { server: server.process, client: client!.process, greeting: client!.greeting };
}
