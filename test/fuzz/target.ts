/** Runs the input that a seed names, from beginning to end, and says in a word or two what became of it. Throws what must not be. */
export type FuzzRun = (seed: number) => string | Promise<string>;

/** Something that takes bytes from others. */
export interface FuzzTarget {
  readonly name: string;
  /** Its part of all inputs, in thousandths. */
  readonly share: number;
  /** Makes what all its inputs have in common, such as a recording. Rejects when that is not accepted without being damaged. */
  prepare(): Promise<FuzzRun>;
}
