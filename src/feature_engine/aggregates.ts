/** What is made of the values of one row, of which none is missing. */
export type Aggregate = (values: readonly number[]) => number;

const sum: Aggregate = (values) => values.reduce((total, value) => total + value, 0);
const mean: Aggregate = (values) => (values.length === 0 ? Number.NaN : sum(values) / values.length);

function variance(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const center = mean(values);
  return sum(values.map((value) => (value - center) ** 2)) / (values.length - 1);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}

const AGGREGATES: ReadonlyMap<string, Aggregate> = new Map<string, Aggregate>([
  ['sum', sum],
  ['mean', mean],
  ['prod', (values) => values.reduce((product, value) => product * value, 1)],
  ['min', (values) => (values.length === 0 ? Number.NaN : Math.min(...values))],
  ['max', (values) => (values.length === 0 ? Number.NaN : Math.max(...values))],
  ['std', (values) => Math.sqrt(variance(values))],
  ['var', variance],
  ['median', median],
]);

/** The aggregate of pandas by its name; `undefined` where there is none. */
export function aggregateOf(name: string): Aggregate | undefined {
  return AGGREGATES.get(name);
}
