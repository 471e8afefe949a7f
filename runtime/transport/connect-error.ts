/**
 * Why connecting failed, with a message: where a name had several addresses, Node's error has the reasons and says none of them. What listens there and speaks
 * something else ends the connection, or answers what OpenSSL has words of its own for.
 */
export function connectError(error: Error): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ECONNRESET") return withMessage(`${message}; perhaps another protocol is spoken there than the URL says`, error);
  if (/:wrong version number:/.test(message)) return withMessage("no TLS is spoken there; without it the scheme is ws: or tcp:", error);
  if (!(error instanceof AggregateError) || error.message !== "") return error;
  const reasons = error.errors.map((each: unknown) => (each instanceof Error ? each.message : String(each)));
  return withMessage(reasons.join("; "), error);
}

function withMessage(message: string, cause: Error): Error {
  return Object.assign(new Error(message, { cause }), { code: (cause as NodeJS.ErrnoException).code });
}
