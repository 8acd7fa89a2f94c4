import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkPythonModel } from '../../xgboost/python-models.ts';

const EXTENSIONS = ['pkl', 'joblib', 'cbm', 'cat.json'];
/** Refused, see catboost-loader.test.ts. */
const REFUSED: ReadonlySet<string> = new Set(['text.cbm', 'embedding.cbm']);
/** Models of kinds that the shared ones do not have, in this repository. */
const OWN = fileURLToPath(new URL('../../catboost/models/', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../../shared/fixtures/catboost/', import.meta.url));
if (!existsSync(SHARED)) console.log(`skipped: ${SHARED} is not there, its models are not checked`);

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((path) => !REFUSED.has(path) && EXTENSIONS.some((extension) => path.endsWith(`.${extension}`)))
    .sort();

describe.each([OWN, SHARED].filter(existsSync))('models of Python in %s', (folder) => {
  const files = filesIn(folder);

  it('are there', () => {
    expect(files.length).toBeGreaterThan(20);
  });

  // Raw values are Python's own, bit for bit.
  it.each(files)('%s', async (file) => {
    await checkPythonModel(join(folder, file), { rtol: 1e-12, scores: 0 });
  });
});
