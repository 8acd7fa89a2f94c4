import { existsSync } from 'node:fs';
import type { LoadModelOptions, Model, Place, PlaceChoice, ServiceEventMap } from '../../index.ts';
import { type LatencyRow, measureLatency, measureThroughput, type ThroughputRow } from '../bench/measure-model.ts';
import { sampleRows } from '../bench/sample-rows.ts';
import type { CliCall, CliCommand } from '../cli-command.ts';
import { textOption } from '../text-option.ts';
import { humanBytes } from '../text.ts';

/** What `bench` measured. */
export interface BenchResult {
  readonly model: string;
  readonly engine: string;
  readonly place: Place;
  readonly method: string;
  /** Where the rows came from. */
  readonly rows: string;
  /** Milliseconds of each step. */
  readonly load: Readonly<Record<string, number>>;
  readonly loadMs: number;
  /** Bytes as the budget counts them, and of this process before and after the load. */
  readonly memory: { readonly model: number; readonly rssBefore: number; readonly rssAfter: number };
  readonly latency: readonly LatencyRow[];
  readonly throughput: readonly ThroughputRow[];
  /** Calls that were joined: how many made one run, on average. */
  readonly callsPerRun: number | undefined;
}

const BAR = 40;

/** `bench`: how quick one model is on this machine. */
export const bench: CliCommand<BenchResult> = {
  name: 'bench',
  summary: 'latency by batch size, throughput by callers, load and memory of one model',
  usage: '<model> [version]',
  options: [
    { flags: '--rows <file>', summary: 'JSON array of rows to ask with (default: zeros)' },
    { flags: '--method <method>', summary: 'what to ask', choices: ['predict', 'transform'] },
    { flags: '--place <place>', summary: 'where it runs', choices: ['auto', 'inline', 'thread', 'process'] },
    { flags: '--seconds <seconds>', summary: 'time for each line of the result (default 0.5)' },
  ],
  notes: 'The model is a file or directory, or a name in the models directory.',
  async run(call) {
    const rssBefore = process.memoryUsage.rss();
    const opened = await open(call);
    const { model, ended, place } = opened;
    try {
      const rssAfter = process.memoryUsage.rss();
      const method =
        call.options['method'] === 'transform' || !model.methods.includes('predict') ? 'transform' : 'predict';
      const { rows, origin } = await sampleRows(model, textOption(call.options, 'rows'));
      const options = {
        rows,
        method,
        seconds: seconds(textOption(call.options, 'seconds')),
        progress: (what: string) => call.out.progress(what),
      } as const;
      const latency = await measureLatency(model, options);
      const throughput = await measureThroughput(model, options);
      const runs = opened.runs();
      return {
        model: model.info.path ?? model.info.name,
        engine: model.info.engine,
        place: place(),
        method,
        rows: origin,
        load: { ...ended()?.phases },
        loadMs: ended()?.durationMs ?? 0,
        memory: { model: model.info.bytes, rssBefore, rssAfter },
        latency,
        throughput,
        callsPerRun: runs.runs === 0 ? undefined : Math.round((10 * runs.calls) / runs.runs) / 10,
      };
    } finally {
      await model.dispose();
    }
  },
  async print(result, out) {
    const { memory, callsPerRun } = result;
    out.pairs([
      ['model', result.model],
      ['engine', `${result.engine}, ${result.place}`],
      ['asked', `${result.method}, rows: ${result.rows}`],
      [
        'load',
        `${result.loadMs.toFixed(1)} ms (${Object.entries(result.load)
          .map(([phase, ms]) => `${phase} ${ms.toFixed(1)}`)
          .join(', ')})`,
      ],
      [
        'memory',
        `${humanBytes(memory.model)}; this process ${humanBytes(memory.rssBefore)}, then ${humanBytes(memory.rssAfter)}`,
      ],
      ...(callsPerRun === undefined ? [] : [['joined', `${callsPerRun} calls per run on average`] as const]),
    ]);
    out.line();
    await out.table(
      ['ROWS', 'P50 us', 'P99 us', 'ROWS/s'],
      result.latency.map(({ rows, p50Us, p99Us, rowsPerSecond }) => [
        String(rows),
        String(p50Us),
        String(p99Us),
        String(rowsPerSecond),
      ]),
      ['ROWS', 'P50 us', 'P99 us', 'ROWS/s'],
    );
    out.line();
    const most = Math.max(...result.throughput.map(({ callsPerSecond }) => callsPerSecond), 1);
    await out.table(
      ['CALLERS', 'P50 us', 'P99 us', 'CALLS/s', ''],
      result.throughput.map(({ callers, p50Us, p99Us, callsPerSecond }) => [
        String(callers),
        String(p50Us),
        String(p99Us),
        String(callsPerSecond),
        ['cyan', '█'.repeat(Math.max(1, Math.round((BAR * callsPerSecond) / most)))],
      ]),
      ['CALLERS', 'P50 us', 'P99 us', 'CALLS/s'],
    );
  },
};

interface Opened {
  readonly model: Model;
  readonly ended: () => ServiceEventMap['load:end'] | undefined;
  readonly place: () => Place;
  readonly runs: () => { readonly runs: number; readonly calls: number };
}

async function open(call: CliCall): Promise<Opened> {
  const [name = '', version = 'latest'] = call.args;
  const { loadModel, MLServiceRegistry } = await import('../../index.ts');
  const place = (textOption(call.options, 'place') ?? 'auto') as PlaceChoice;
  let end: ServiceEventMap['load:end'] | undefined;
  let moved: Place | undefined;
  const total = { runs: 0, calls: 0 };
  const on: NonNullable<LoadModelOptions['on']> = {
    'load:end': (event) => {
      end = event;
    },
    'execution:moved': ({ to }) => {
      moved = to;
    },
    'batch:end': ({ calls }) => {
      total.runs += 1;
      total.calls += calls;
    },
  };
  if (existsSync(name)) {
    const model = await loadModel(name, { execution: { place }, on });
    return { model, ended: () => end, place: () => moved ?? end?.place ?? 'inline', runs: () => total };
  }
  const { modelsDir } = call;
  const registry = new MLServiceRegistry({
    ...(modelsDir !== undefined && { modelsDir }),
    models: { [name]: { place } },
  });
  for (const [event, listener] of Object.entries(on)) registry.on(event as 'load:end', listener as never);
  const model = await registry.load(name, version);
  return { model, ended: () => end, place: () => moved ?? end?.place ?? 'inline', runs: () => total };
}

/** @throws a plain error for what is no number of seconds */
function seconds(value: string | undefined): number {
  if (value === undefined) return 0.5;
  const number = Number(value);
  if (number > 0 && number <= 600) return number;
  throw new Error(`--seconds must be a number above 0 and at most 600, got ${value}`);
}
