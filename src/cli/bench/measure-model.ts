import type { Model, Rows } from '../../index.ts';

/** One batch size, called one after the other. */
export interface LatencyRow {
  readonly rows: number;
  readonly calls: number;
  /** Microseconds per call. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly rowsPerSecond: number;
}

/** One number of callers that each ask for one row, again and again. */
export interface ThroughputRow {
  readonly callers: number;
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** How a model is asked. */
export interface MeasureOptions {
  /** Sample rows, repeated as needed. */
  readonly rows: readonly unknown[];
  readonly method: 'predict' | 'transform';
  /** Seconds for each line of a table. */
  readonly seconds: number;
  readonly progress: (what: string) => void;
}

const BATCH_SIZES = [1, 10, 100, 1_000];
const CALLERS = [1, 4, 16, 64, 256];
/** Calls that are not counted: a model is slower the first few times. */
const WARM_UP_CALLS = 20;

/** Latency by the number of rows. */
export async function measureLatency(model: Model, options: MeasureOptions): Promise<LatencyRow[]> {
  const results: LatencyRow[] = [];
  for (const count of BATCH_SIZES) {
    options.progress(`${count} rows at once`);
    const rows = repeated(options.rows, count) as Rows;
    const ask = (): Promise<unknown> => model[options.method](rows);
    for (let i = 0; i < WARM_UP_CALLS; i++) await ask();
    const times: number[] = [];
    await untilOver(options.seconds, async () => void times.push(await timed(ask)));
    const total = times.reduce((sum, one) => sum + one, 0);
    const rowsPerSecond = Math.round((times.length * count * 1e6) / total);
    results.push({ rows: count, calls: times.length, ...percentiles(times), rowsPerSecond });
  }
  return results;
}

/** Throughput by the number of callers. */
export async function measureThroughput(model: Model, options: MeasureOptions): Promise<ThroughputRow[]> {
  const results: ThroughputRow[] = [];
  for (const callers of CALLERS) {
    options.progress(`${callers} callers`);
    const times: number[] = [];
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: callers }, async (_, i) => {
        const rows = [options.rows[i % options.rows.length]] as Rows;
        const ask = (): Promise<unknown> => model[options.method](rows);
        await untilOver(options.seconds, async () => void times.push(await timed(ask)));
      }),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const callsPerSecond = Math.round(times.length / seconds);
    results.push({ callers, calls: times.length, callsPerSecond, ...percentiles(times) });
  }
  return results;
}

async function untilOver(seconds: number, work: () => Promise<void>): Promise<void> {
  const end = performance.now() + seconds * 1000;
  let turns = 0;
  do {
    await work();
    // Answers that come at once would keep timers and other callers from their turn.
    if (++turns % 64 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  } while (performance.now() < end);
}

/** Microseconds. */
async function timed(ask: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await ask();
  return (performance.now() - startedAt) * 1000;
}

function percentiles(times: readonly number[]): { readonly p50Us: number; readonly p99Us: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { p50Us: at(0.5), p99Us: at(0.99) };
}

const round = (value: number): number => Math.round(value * 10) / 10;

function repeated(rows: readonly unknown[], count: number): unknown[] {
  return Array.from({ length: count }, (_, i) => rows[i % rows.length]);
}
