/** One thing that whoever runs this process should know, and no peer is told. */
export interface LogEntry {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  /** What was thrown, whole. */
  readonly error?: unknown;
}

/** Gets each entry as it is made. It must not throw. */
export type Log = (entry: LogEntry) => void;

/** Warnings and errors on the console. */
export const consoleLog: Log = ({ level, message, error }) => {
  if (level === "info") return;
  const print = level === "error" ? console.error : console.warn;
  if (error === undefined) print(`zserver: ${message}`);
  else print(`zserver: ${message}`, error);
};
