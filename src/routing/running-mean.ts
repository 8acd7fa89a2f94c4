/** Count, mean and variance of numbers of which none is kept (Welford's way). */
export class RunningMean {
  #count = 0;
  #mean = 0;
  #squares = 0;

  get count(): number {
    return this.#count;
  }

  /** 0 where there is no number yet. */
  get mean(): number {
    return this.#mean;
  }

  /** Of the population that these are a sample of (divided by `count - 1`); 0 below two numbers. */
  get variance(): number {
    return this.#count < 2 ? 0 : this.#squares / (this.#count - 1);
  }

  push(value: number): void {
    this.#count += 1;
    const before = value - this.#mean;
    this.#mean += before / this.#count;
    this.#squares += before * (value - this.#mean);
  }
}
