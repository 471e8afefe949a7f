/** Why connecting failed, with a message: where a name had several addresses, Node's error has the reasons and says none of them. */
export function connectError(error: Error): Error {
  if (!(error instanceof AggregateError) || error.message !== "") return error;
  const reasons = error.errors.map((each: unknown) => (each instanceof Error ? each.message : String(each)));
  return Object.assign(new Error(reasons.join("; "), { cause: error }), { code: (error as NodeJS.ErrnoException).code });
}
