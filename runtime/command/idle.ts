/** Those who wait until nothing is under way. */
export class Idle {
  readonly #isIdle: () => boolean;
  readonly #waiting: (() => void)[] = [];

  constructor(isIdle: () => boolean) {
    this.#isIdle = isIdle;
  }

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.check();
    });
  }

  /** Something came to an end. */
  readonly check = (): void => {
    if (this.#waiting.length > 0 && this.#isIdle()) for (const resolve of this.#waiting.splice(0)) resolve();
  };
}
