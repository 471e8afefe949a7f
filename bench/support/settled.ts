/**
 * What `work` comes to. Node ends a process, with code 0 and without a word, when nothing is left that a promise could be settled by: then this says so, and the code
 * is 1.
 */
export async function settled<T>(what: string, work: Promise<T>): Promise<T> {
  const unsettled = (): void => {
    console.error(`${what} ended before it was done: it waited for something that can no longer come`);
    process.exitCode ||= 1;
  };
  process.once("exit", unsettled);
  try {
    return await work;
  } finally {
    process.off("exit", unsettled);
  }
}
