import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EventBus } from '../../src/events/event-bus.ts';
import type { CallOptions, ExecutionOptions, ModelWarning, ServiceEventMap } from '../../src/index.ts';
import { openArtefact } from '../../src/repository/artefact-reader.ts';
import { type BuildRequest, buildModel } from '../../src/service/build-model.ts';
import { ExecutionRuntime } from '../../src/service/execution-runtime.ts';
import { LiveModel } from '../../src/service/live-model.ts';
import { configure } from '../../src/service/registry-config.ts';
import { SingleModel } from '../../src/service/single-model.ts';
import type {
  Conversion,
  ConversionRequest,
  ConvertedInput,
  ModelConverter,
  NotConverted,
} from '../../src/spec/converter.ts';
import { BUILT, type Script, scriptBytes, scriptLoader, until } from '../execution/worker-fixture.ts';

/** An estimator of a setting that has no native way, and another one. */
const FILE = fileURLToPath(new URL('../sidecar/files/one_class.pkl', import.meta.url));
const OTHER = fileURLToPath(new URL('../sidecar/files/lda.pkl', import.meta.url));
const INPUT: ConvertedInput = { columns: 1, features: undefined, missing: false, infinite: false };

if (!BUILT) console.warn('NOT TESTED: conversions of what was placed in workers; npx tsup makes it possible');

interface Setting {
  readonly execution?: ExecutionOptions;
  readonly script?: Script;
  readonly input?: ConvertedInput | undefined;
  /** The file of each time that it is opened; the last one from then on. */
  readonly files?: readonly string[];
  readonly convert?: (request: ConversionRequest, times: number) => Conversion | NotConverted | undefined;
}

async function build({
  execution = {},
  script = { predict: 'double' },
  input = INPUT,
  files = [FILE],
  convert,
}: Setting) {
  const seen: ConversionRequest[] = [];
  const opened: string[] = [];
  const warnings: ModelWarning[] = [];
  const restarts: ServiceEventMap['execution:restart'][] = [];
  const moves: ServiceEventMap['execution:moved'][] = [];
  const converter: ModelConverter = {
    kept: () => Promise.resolve(undefined),
    serve: () => Promise.reject(new Error('not asked')),
    convert(request) {
      seen.push(request);
      const made = { name: 'made.script', bytes: scriptBytes(script), input, report: {} };
      return Promise.resolve(convert?.(request, seen.length) ?? made);
    },
  };
  const config = configure({ loaders: [scriptLoader], execution: { restartMs: 1, ...execution } });
  const events = new EventBus();
  events.on('model:warning', (warning) => warnings.push(warning));
  events.on('execution:restart', (event) => restarts.push(event));
  events.on('execution:moved', (event) => moves.push(event));
  const request: BuildRequest = {
    requested: 'one',
    name: 'one',
    ref: { model: 'one', version: undefined, artefact: FILE },
    metadata: undefined,
    place: undefined,
    loaderOptions: undefined,
    engine: undefined,
    fresh: true,
    resolveMs: 0,
    signal: new AbortController().signal,
    makeRoom: () => Promise.resolve(),
    open: (options) => {
      const path = files[opened.length] ?? files.at(-1) ?? FILE;
      opened.push(path);
      return openArtefact(undefined, path, { ...options, maxBytes: config.limits.maxModelBytes });
    },
  };
  const runtime = new ExecutionRuntime(config.execution, 2);
  const settings = { ...config, events, runtime, converter: () => Promise.resolve(converter) };
  const model = await buildModel(settings, request);
  const live = new LiveModel<unknown, unknown>(new SingleModel(model, events));
  onTestFinished(() => live.dispose());
  const ask = (rows: readonly unknown[], options: CallOptions = {}): Promise<ArrayLike<unknown>> =>
    live.predict(rows, options);
  return { seen, opened, warnings, restarts, moves, runtime, model, ask };
}

describe('a file that is converted', () => {
  it.each(['auto', 'inline', ...(BUILT ? (['thread', 'process'] as const) : [])] as const)(
    'is asked in its place ("%s"), where it refuses what the original refuses',
    async (place) => {
      const { seen, opened, warnings, runtime, model } = await build({ execution: { place } });
      const { placed } = model;
      const here = place === 'auto' || place === 'inline';
      expect([placed.place, model.info.format, model.info.engine]).toEqual([
        here ? 'inline' : place,
        'pickle',
        'script',
      ]);
      expect(await placed.loaded.predict?.([[2]], {})).toEqual([4]);
      for (const [value, code] of [
        [Number.NaN, 'ML_INPUT_MISSING_VALUE'],
        [Number.POSITIVE_INFINITY, 'ML_INPUT_DTYPE'],
        [1e39, 'ML_INPUT_DTYPE'],
      ] as const) {
        await expect((async () => placed.loaded.predict?.([[value]], {}))()).rejects.toMatchObject({ code });
      }
      expect(warnings.map(({ code }) => code)).toEqual(['converted']);
      // The converter has the bytes that were judged, whoever was given them before.
      expect(seen.map(({ artefact }) => [artefact.sha256, artefact.bytes.length])).toEqual([
        [model.info.sha256, statSync(FILE).size],
      ]);
      expect(opened).toHaveLength(here ? 1 : 2);
      expect(placed.watch !== undefined).toBe(place === 'auto');
      expect(runtime.loads).toBe(0);
    },
  );

  it.runIf(BUILT)('is refused where the file was replaced after a worker had read it', async () => {
    const replaced = build({ execution: { place: 'thread' }, files: [FILE, OTHER] });
    await expect(replaced).rejects.toMatchObject({ code: 'ML_ARTEFACT_CHANGED' });
  });

  it.runIf(BUILT)('goes to a thread by itself where what was made of it is large', async () => {
    const { model, ask, opened } = await build({
      execution: { inlineMaxBytes: 5_000 },
      script: { predict: 'double', pad: 'x'.repeat(5_000) },
    });
    expect(statSync(FILE).size).toBeLessThan(5_000);
    expect(model.placed.place).toBe('thread');
    expect(await ask([[2]])).toEqual([4]);
    expect(opened).toHaveLength(1);
  });

  it.runIf(BUILT)('is moved to a thread where it holds the event loop', async () => {
    const { model, ask, moves, seen, opened, warnings } = await build({
      execution: { maxHoldMs: 2 },
      script: { predict: 'obey' },
      input: { ...INPUT, columns: 2 },
    });
    for (let i = 0; moves.length === 0; i += 1) {
      await ask([['work', i % 5 === 0 ? 1 : 20]]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(moves).toMatchObject([{ from: 'inline', to: 'thread' }]);
    expect(model.placed.place).toBe('thread');
    expect(await ask([['say', 3]])).toEqual([3]);
    await expect(ask([['say', Number.NaN]])).rejects.toMatchObject({ code: 'ML_INPUT_MISSING_VALUE' });
    // The file was opened again, and what was opened was converted.
    expect(opened).toHaveLength(2);
    expect(new Set(seen.map(({ artefact }) => artefact.sha256)).size).toBe(1);
    expect(warnings.map(({ code }) => code)).toEqual(['converted']);
  });
});

describe.runIf(BUILT)('the worker of a converted model', () => {
  const obeying = {
    execution: { place: 'process' },
    script: { predict: 'obey' },
    input: { ...INPUT, columns: 2 },
  } as const;

  it('is started again from the file, opened and converted anew, with its guard', async () => {
    const { model, ask, seen, opened, restarts, warnings } = await build(obeying);
    const pid = await ask([['pid', 0]]);
    await expect(ask([['abort', 0]])).rejects.toMatchObject({ code: 'ML_WORKER_CRASHED' });
    expect(await ask([['pid', 0]])).not.toEqual(pid);
    expect(restarts).toHaveLength(1);
    await expect(ask([['say', Number.NaN]])).rejects.toMatchObject({ code: 'ML_INPUT_MISSING_VALUE' });
    // Loading, reading it again for the converter, restarting.
    expect(opened).toHaveLength(3);
    expect(seen.map(({ artefact }) => artefact.sha256)).toEqual([model.info.sha256, model.info.sha256]);
    expect(warnings.map(({ code }) => code)).toEqual(['converted']);
  });

  it('is ended by the deadline of its only caller, and started again', async () => {
    const { ask, restarts } = await build(obeying);
    await expect(ask([['hang', 0]], { timeoutMs: 200 })).rejects.toMatchObject({ code: 'ML_DEADLINE_EXCEEDED' });
    expect(await ask([['say', 5]])).toEqual([5]);
    await until(() => restarts.length === 1);
  });

  it('asks no converter for a file that was replaced', async () => {
    const { ask, seen } = await build({ ...obeying, files: [FILE, FILE, OTHER] });
    await expect(ask([['abort', 0]])).rejects.toMatchObject({ code: 'ML_WORKER_CRASHED' });
    await expect(ask([['say', 0]])).rejects.toMatchObject({ code: 'ML_ARTEFACT_CHANGED' });
    expect(seen).toHaveLength(1);
  });

  it('says what to do where the conversion is gone', async () => {
    const convert = (_: unknown, times: number) => (times > 1 ? { why: 'convert it' } : undefined);
    const { ask } = await build({ ...obeying, convert });
    await expect(ask([['abort', 0]])).rejects.toMatchObject({ code: 'ML_WORKER_CRASHED' });
    await expect(ask([['say', 0]])).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: expect.stringMatching(/convert it$/) as string,
    });
  });
});
