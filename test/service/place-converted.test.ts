import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EventBus } from '../../src/events/event-bus.ts';
import type { ModelWarning } from '../../src/index.ts';
import { openArtefact } from '../../src/repository/artefact-reader.ts';
import { type BuildRequest, buildModel } from '../../src/service/build-model.ts';
import { ExecutionRuntime } from '../../src/service/execution-runtime.ts';
import { configure } from '../../src/service/registry-config.ts';
import type { ConversionRequest, ModelConverter } from '../../src/spec/converter.ts';
import type { PlaceChoice } from '../../src/spec/execution.ts';
import { BUILT, scriptBytes, scriptLoader } from '../execution/worker-fixture.ts';

/** An estimator of a setting that has no native way. */
const FILE = fileURLToPath(new URL('../sidecar/files/one_class.pkl', import.meta.url));

if (!BUILT) console.warn('NOT TESTED: conversions of what was placed in workers; npx tsup makes it possible');

async function build(place: PlaceChoice, file: string = FILE, reopened: string = file) {
  const seen: ConversionRequest[] = [];
  const opened: string[] = [];
  const warnings: ModelWarning[] = [];
  const converter: ModelConverter = {
    kept: () => Promise.resolve(undefined),
    serve: () => Promise.reject(new Error('not asked')),
    convert(request) {
      seen.push(request);
      return Promise.resolve({
        name: 'made.script',
        bytes: scriptBytes({ predict: 'double' }),
        input: { columns: 1, features: undefined, missing: false, infinite: false },
        report: {},
      });
    },
  };
  const config = configure({ loaders: [scriptLoader], execution: { place, maxHoldMs: 1 } });
  const events = new EventBus();
  events.on('model:warning', (warning) => warnings.push(warning));
  const request: BuildRequest = {
    requested: 'one',
    name: 'one',
    ref: { model: 'one', version: undefined, artefact: file },
    metadata: undefined,
    place: undefined,
    loaderOptions: undefined,
    engine: undefined,
    fresh: true,
    resolveMs: 0,
    signal: new AbortController().signal,
    makeRoom: () => Promise.resolve(),
    open: (options) => {
      const path = opened.length === 0 ? file : reopened;
      opened.push(path);
      return openArtefact(undefined, path, { ...options, maxBytes: config.limits.maxModelBytes });
    },
  };
  const runtime = new ExecutionRuntime(config.execution, 2);
  const settings = { ...config, events, runtime, converter: () => Promise.resolve(converter) };
  return { seen, opened, warnings, runtime, model: await buildModel(settings, request) };
}

describe('a file that is converted', () => {
  it.each(['auto', 'inline', ...(BUILT ? (['thread', 'process'] as const) : [])] as const)(
    'is asked on the event loop where its place is "%s"',
    async (place) => {
      const { seen, opened, warnings, runtime, model } = await build(place);
      const { placed } = model;
      expect([placed.place, model.info.format, model.info.engine]).toEqual(['inline', 'pickle', 'script']);
      expect(await placed.loaded.predict?.([[2]], {})).toEqual([4]);
      expect(warnings.map(({ code }) => code)).toEqual(['converted']);
      // The converter has the bytes that were judged, whoever was given them before.
      expect(seen.map(({ artefact }) => [artefact.sha256, artefact.bytes.length])).toEqual([
        [model.info.sha256, statSync(FILE).size],
      ]);
      expect(opened).toHaveLength(place === 'thread' || place === 'process' ? 2 : 1);
      // A worker could not compute it, however long it holds the event loop.
      expect(placed.watch).toBe(undefined);
      expect(runtime.loads).toBe(0);
      await model.dispose();
    },
  );

  it.runIf(BUILT)('is refused where the file was replaced after a worker had read it', async () => {
    const other = fileURLToPath(new URL('../sidecar/files/lda.pkl', import.meta.url));
    await expect(build('thread', FILE, other)).rejects.toMatchObject({ code: 'ML_ARTEFACT_CHANGED' });
  });
});
