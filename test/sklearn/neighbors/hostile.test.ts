import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPythonFile } from '../../../src/formats/joblib/read-python-file.ts';
import { PyObject } from '../../../src/formats/pickle/nodes.ts';
import { ConstructContext } from '../../../src/sklearn/base/construct.ts';
import { ESTIMATORS } from '../../../src/sklearn/estimators.ts';
import { FOLDER, readRowsReference, rowsDataset } from '../feature_extraction/reference.ts';
import { call } from '../tree/reference.ts';

const NAMES = [
  'knn_kd_tree_4',
  'knn_ball_tree_distance',
  'knr_brute',
  'svc_sparse',
  'svc_proba_4',
  'tfidf_default',
  'dict_sparse',
  'categorical_nb',
  'density_weights',
  'lof',
  'radius_other',
  'centroid_priors',
  'text_pipeline',
];

/** A small generator, so that a failing case can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('damaged files', () => {
  it.each(NAMES)('%s with changed bytes gives answers or typed errors', async (name) => {
    const bytes = new Uint8Array(readFileSync(join(FOLDER, `${name}.pkl`)));
    const { class: className, input, expected } = readRowsReference(name);
    const next = random(name.length);
    let typed = 0;
    for (let round = 0; round < 150; round++) {
      const damaged = Uint8Array.from(bytes);
      for (let n = 0; n < 3; n++) damaged[Math.floor(next() * damaged.length)] = Math.floor(next() * 256);
      try {
        const { root } = await readPythonFile(damaged);
        if (!(root instanceof PyObject)) continue;
        const model = new ConstructContext(ESTIMATORS).construct(root, { path: '', version: undefined });
        for (const method of Object.keys(expected)) call(model, method, rowsDataset(input, className));
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        if (message.includes(' has no ')) continue;
        expect(code, String((error as Error).stack)).toMatch(/^ML_/);
        typed += 1;
      }
    }
    expect(typed).toBeGreaterThan(0);
  });
});
