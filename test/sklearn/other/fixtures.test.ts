import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { difference, estimatorIn, matrix, METHODS, plain, type Reference } from './reference.ts';

const ROOT = join(import.meta.dirname, '../../../../shared/fixtures');
const FOLDERS = ['sklearn-wide/sk1.6.1', 'sklearn-edge/sk1.6.1'].map((folder) => join(ROOT, folder));
const FAMILIES =
  /^sklearn\.(?:neural_network|decomposition|cluster|mixture|discriminant_analysis|gaussian_process|calibration|multioutput|kernel_approximation|random_projection|covariance|cross_decomposition|semi_supervised)\b/;

function* models(): Generator<[string, string]> {
  for (const folder of FOLDERS.filter((path) => existsSync(path))) {
    for (const file of readdirSync(folder)) {
      if (!file.endsWith('.json')) continue;
      const { cls, input } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Partial<Reference>;
      const name = file.slice(0, -5);
      if (Array.isArray(input) && FAMILIES.test(cls ?? '')) yield [name, join(folder, name)];
    }
  }
}

const found = [...models()];

describe('fixtures beside the repository', () => {
  if (found.length === 0) it.skip('skipped: ../shared/fixtures is absent, so only the committed models are checked');
  it.each(found)('%s answers as in Python', (_name, path) => {
    const { input, expected, rtol } = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Reference;
    const estimator = estimatorIn(readFileSync(`${path}.pkl`));
    for (const [python, method] of METHODS) {
      if (expected[python] === undefined) continue;
      const got = plain(estimator[method]?.(matrix(input)));
      const flat = estimator.transformsLabels === true && method === 'transform' ? (got as unknown[]).flat() : got;
      expect(difference(flat, expected[python], rtol ?? 1e-7), method).toBeUndefined();
    }
  });
});
