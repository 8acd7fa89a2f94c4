import type { Metric } from './metric.ts';

/** Series of one metric; calls beyond them count as the series whose labels are all `other`. */
export const MAX_SERIES = 1_000;
/** Characters of a label's value. */
export const MAX_LABEL_LENGTH = 128;

/** Values of labels by name. Empty ones are absent, which is the same to Prometheus. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The series of one metric by the values of its labels, so that names that come with requests cannot fill the memory, here
 * or in the database that metrics go to.
 */
export class Series<T> {
  readonly #names: readonly string[];
  readonly #make: (labels: Labels) => T;
  readonly #series = new Map<string, T>();

  constructor({ labels }: Metric, make: (labels: Labels) => T) {
    this.#names = labels;
    this.#make = make;
  }

  /** @param labels values in the order of the metric's labels */
  get(labels: readonly string[]): T {
    const known = this.#series.get(keyOf(labels));
    if (known !== undefined) return known;
    const values = labels.map((value) => value.slice(0, MAX_LABEL_LENGTH));
    return this.#series.get(keyOf(values)) ?? this.#add(this.#series.size < MAX_SERIES ? values : values.map(other));
  }

  values(): T[] {
    return [...this.#series.values()];
  }

  #add(values: readonly string[]): T {
    const key = keyOf(values);
    let series = this.#series.get(key);
    if (series === undefined) {
      const named = values.map((value, i) => [this.#names[i] as string, value] as const);
      series = this.#make(Object.fromEntries(named.filter(([, value]) => value !== '')));
      this.#series.set(key, series);
    }
    return series;
  }
}

const keyOf = (labels: readonly string[]): string => labels.join('\0');
const other = (): string => 'other';
