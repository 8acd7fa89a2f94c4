import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { readPickle } from '../../../src/formats/pickle/read-pickle.ts';
import { PyObject } from '../../../src/formats/pickle/nodes.ts';
import { ConstructContext } from '../../../src/sklearn/base/construct.ts';
import type { Estimator } from '../../../src/sklearn/base/estimator.ts';
import { ENSEMBLE } from '../../../src/sklearn/ensemble/table.ts';
import { TREE } from '../../../src/sklearn/tree/table.ts';
import { datasetOf, readReference, TREES } from './reference.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function load(name: string): Promise<{ readonly model: Estimator; readonly file: WeakRef<ArrayBufferLike> }> {
  const bytes = new Uint8Array(readFileSync(join(TREES, `${name}.pkl`))).slice();
  const { root } = readPickle(bytes);
  if (!(root instanceof PyObject)) throw new Error(name);
  const context = new ConstructContext(new Map([...TREE, ...ENSEMBLE]));
  const model = context.construct(root, { path: '', version: undefined });
  await context.finish();
  return { model, file: new WeakRef(bytes.buffer) };
}

it.each([
  'tree_clf_two_outputs',
  'tree_reg_two_outputs',
  'forest_clf',
  'forest_reg_two_outputs',
  'gb_clf_zero',
  'gb_clf_forest_init',
  'gb_reg_quantile',
  'hist_clf_codes',
  'hist_reg_poisson',
  'isolation_features',
  'bagging_clf_features',
  'ada_clf',
  'ada_reg',
  'voting_soft',
  'stacking_clf',
  'trees_embedding',
])('%s does not keep the file in memory', async (name) => {
  const { model, file } = await load(name);
  // What a WeakRef was made for lives until the end of the turn, and one collection may leave some of it.
  for (let round = 0; round < 10 && file.deref() !== undefined; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  expect(file.deref() === undefined).toBe(true);
  const { input } = readReference(join(TREES, `${name}.json`));
  expect(model.predict?.(datasetOf(input)) ?? model.transform?.(datasetOf(input))).toBeDefined();
});
