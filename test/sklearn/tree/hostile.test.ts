import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MLServiceError } from '../../../src/errors/ml-service-error.ts';
import { readPickle } from '../../../src/formats/pickle/read-pickle.ts';
import { PyObject } from '../../../src/formats/pickle/nodes.ts';
import { ConstructContext } from '../../../src/sklearn/base/construct.ts';
import { ENSEMBLE } from '../../../src/sklearn/ensemble/table.ts';
import { TREE } from '../../../src/sklearn/tree/table.ts';
import { random } from '../../kernel/random-forest.ts';
import { datasetOf, readReference, TREES } from './reference.ts';

const MODELS = [
  'tree_clf_two_outputs',
  'forest_clf',
  'gb_clf_multi_init',
  'hist_clf_codes',
  'isolation_features',
  'ada_reg',
];
const ROUNDS = 150;

describe('changed files', () => {
  it.each(MODELS)('%s with changed bytes gives values or a typed error', (name) => {
    const original = readFileSync(join(TREES, `${name}.pkl`));
    const { input } = readReference(join(TREES, `${name}.json`));
    const next = random(name.length);
    const outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = new Uint8Array(original);
      for (let i = 0; i <= next() * 6; i++) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
      try {
        const { root } = readPickle(bytes);
        if (!(root instanceof PyObject)) continue;
        const model = new ConstructContext(new Map([...TREE, ...ENSEMBLE])).construct(root, {
          path: '',
          version: undefined,
        });
        const x = datasetOf(input, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        for (const method of ['predict', 'predictProba', 'decisionFunction', 'apply'] as const) model[method]?.(x);
        outcomes.add('values');
      } catch (error) {
        if (!(error instanceof MLServiceError)) throw error;
        outcomes.add(error.code);
      }
    }
    expect(outcomes).toContain('values');
    expect(outcomes.size).toBeGreaterThan(2);
  });
});
