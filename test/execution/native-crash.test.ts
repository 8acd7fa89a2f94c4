import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel, type ModelLoader } from '../../src/index.ts';
// @ts-expect-error a plain module, as workers import it
import { loader } from './loaders/raw-onnx-loader.mjs';

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;
const SCRIPTS = new URL('./loaders/script-loader.mjs', import.meta.url).href;

describe('a graph that ends its process', () => {
  it('(a converted KNNImputer, with no value missing) ends the child alone; the model answers again', async () => {
    const path = fileURLToPath(new URL('../fixtures/onnx/knn_imputer.onnx', import.meta.url));
    const source = { bytes: new Uint8Array(readFileSync(path)), name: 'knn.rawonnx' };
    const crashes: string[] = [];
    const model = await loadModel<readonly number[]>(source, {
      loaders: [loader as ModelLoader],
      execution: { place: 'process' },
      on: { 'execution:crash': ({ message }) => crashes.push(message) },
    });
    const row = [1, 2, 3, 4];
    await expect(model.predict([row])).rejects.toMatchObject({
      code: 'ML_WORKER_CRASHED',
      message: expect.stringContaining('SIGFPE'),
    });
    expect(crashes).toEqual(['crashed with SIGFPE']);
    const holes = [Number.NaN, ...row.slice(1)];
    expect(await model.predict([holes, holes])).toHaveLength(2);
    await model.dispose();
  });
});

/** Runs code in a process of its own. */
function run(code: string): ReturnType<typeof spawnSync> {
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', timeout: 15_000 });
}

const LOAD = (place: string, name = 'digits_mlp_v1_20240210.onnx'): string => `
  import { loadModel } from ${JSON.stringify(LIBRARY)};
  import { loader } from ${JSON.stringify(SCRIPTS)};
  const script = { bytes: new TextEncoder().encode('{"predict":"obey"}'), name: 'm.script' };
  const open = (source, options) => loadModel(source, { loaders: [loader], execution: { place: '${place}' }, ...options });
  const model = await open(${name === 'script' ? 'script' : JSON.stringify(fileURLToPath(new URL(`../../models/trained/${name}`, import.meta.url)))});
`;

describe('a process with models elsewhere', () => {
  it.each(['thread', 'process'])('ends by itself when nothing is left to do (%s)', (place) => {
    const ended = run(`${LOAD(place, 'script')} console.log(await model.predict([['say', 1]]));`);
    expect([ended.status, ended.stdout]).toEqual([0, '[ 1 ]\n']);
  });

  it.each(['thread', 'process'])('does not end while somebody waits for an answer (%s)', (place) => {
    const ended = run(`${LOAD(place, 'script')} console.log(await model.predict([['later', 300]]));`);
    expect([ended.status, ended.stdout]).toEqual([0, '[ 300 ]\n']);
  });

  it('may exit while a thread computes natively: it waits for that, and is not aborted', () => {
    const ended = run(`${LOAD('thread')}
      const rows = Array.from({ length: 60000 }, () => Array(64).fill(1));
      void model.predict(rows).catch(() => {});
      setTimeout(() => process.exit(5), 30);`);
    expect([ended.status, ended.signal]).toEqual([5, null]);
  });

  it('may exit while a child hangs: the child does not outlive it', () => {
    const ended = run(`${LOAD('process', 'script')}
      const [pid] = await model.predict([['pid', 0]]);
      console.log(pid);
      void model.predict([['hang', 0]]).catch(() => {});
      setTimeout(() => process.exit(0), 50);`);
    const pid = Number(ended.stdout);
    expect(pid).toBeGreaterThan(0);
    let alive = true;
    for (let i = 0; i < 100 && alive; i++) {
      try {
        process.kill(pid, 0);
        spawnSync('sleep', ['0.02']);
      } catch {
        alive = false;
      }
    }
    expect(alive).toBe(false);
  });
});
