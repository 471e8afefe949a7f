/** As many are remembered. */
const REMEMBERED = 16;

/** What many clients say alike is kept once. Of those that say something else as many are remembered as are looked through in no time, the latest. */
export class SameOnes<Said> {
  readonly #isSame: (one: Said, other: Said) => boolean;
  #latest: readonly Said[] = [];

  constructor(isSame: (one: Said, other: Said) => boolean) {
    this.#isSame = isSame;
  }

  /** The same as it was said before; what was never said, itself. */
  same(said: Said): Said {
    const before = this.#latest.find((one) => this.#isSame(one, said));
    if (before === undefined) this.#latest = [said, ...this.#latest].slice(0, REMEMBERED);
    return before ?? said;
  }
}
