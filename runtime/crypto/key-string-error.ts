/** What is wrong with the string of a key. */
export type KeyStringProblem = "WRONG_PREFIX" | "WRONG_LENGTH" | "WRONG_CHARACTER" | "WRONG_CHECKSUM" | "UNKNOWN_KIND" | "WRONG_KEY";

const remedies: Readonly<Record<KeyStringProblem, string>> = {
  WRONG_PREFIX: "use the public key that zgen keygen printed, never a part of the identity file, which is secret",
  WRONG_LENGTH: "copy the whole line that zgen keygen printed",
  WRONG_CHARACTER: "copy the whole line that zgen keygen printed, without line breaks",
  WRONG_CHECKSUM: "copy the line that zgen keygen printed instead of typing it",
  UNKNOWN_KIND: "it was made by a later version of zserver: update this one",
  WRONG_KEY: "make a new identity with zgen keygen",
};

/** The string of a key cannot be read. The message never shows the string: by mistake it may be a secret. */
export class KeyStringError extends Error {
  override readonly name = "KeyStringError";
  readonly problem: KeyStringProblem;

  constructor(problem: KeyStringProblem, description: string) {
    super(`this is no key of zserver: ${description}; ${remedies[problem]}`);
    this.problem = problem;
  }
}
