import type { Metric } from './metric.ts';

/** Series of one metric; calls beyond them count as the series whose labels are all `other`. */
export const MAX_SERIES = 1_000;
/** Characters of a label's value. */
export const MAX_LABEL_LENGTH = 128;

/** Values of labels by name. Empty ones are absent, which is the same to Prometheus. */
export type Labels = Readonly<Record<string, string>>;

/** Series by the value of the next label. */
type Branch<T> = Map<string, Branch<T> | T>;

/**
 * The series of one metric by the values of its labels, so that names that come with requests cannot fill the memory, here
 * or in the database that metrics go to.
 */
export class Series<T extends object> {
  readonly #names: readonly string[];
  readonly #make: (labels: Labels) => T;
  /** A map per label: a joined key would cost each call a text of its own. */
  readonly #root: Branch<T> = new Map();
  readonly #all: T[] = [];
  #unlabelled: T | undefined;

  constructor({ labels }: Metric, make: (labels: Labels) => T) {
    this.#names = labels;
    this.#make = make;
  }

  /** @param labels values in the order of the metric's labels */
  get(labels: readonly string[]): T {
    const known = this.#find(labels);
    if (known !== undefined) return known;
    const values = labels.map((value) => value.slice(0, MAX_LABEL_LENGTH));
    return this.#find(values) ?? this.#add(this.#all.length < MAX_SERIES ? values : values.map(other));
  }

  values(): readonly T[] {
    return this.#all;
  }

  #find(labels: readonly string[]): T | undefined {
    if (labels.length === 0) return this.#unlabelled;
    let found: Branch<T> | T | undefined = this.#root;
    for (const label of labels) {
      found = (found as Branch<T>).get(label);
      if (found === undefined) return undefined;
    }
    return found as T;
  }

  #add(values: readonly string[]): T {
    const known = this.#find(values);
    if (known !== undefined) return known;
    const named = values.map((value, i) => [this.#names[i] as string, value] as const);
    const series = this.#make(Object.fromEntries(named.filter(([, value]) => value !== '')));
    this.#all.push(series);
    const last = values.at(-1);
    if (last === undefined) this.#unlabelled = series;
    else this.#branch(values.slice(0, -1)).set(last, series);
    return series;
  }

  #branch(path: readonly string[]): Branch<T> {
    let branch = this.#root;
    for (const value of path) {
      let next = branch.get(value) as Branch<T> | undefined;
      if (next === undefined) branch.set(value, (next = new Map()));
      branch = next;
    }
    return branch;
  }
}

const other = (): string => 'other';
