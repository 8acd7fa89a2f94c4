import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkPythonModel } from '../../xgboost/python-models.ts';

const EXTENSIONS = ['pkl', 'joblib', 'txt'];
/** Models of old and rare kinds, in this repository. */
const OWN = fileURLToPath(new URL('../../lightgbm/models/', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../../shared/fixtures/lightgbm/', import.meta.url));
if (!existsSync(SHARED)) console.log(`skipped: ${SHARED} is not there, its models are not checked`);

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => EXTENSIONS.some((extension) => path.endsWith(`.${extension}`)))
        .sort()
    : [];

describe.each([OWN, SHARED].filter(existsSync))('models of Python in %s', (folder) => {
  const files = filesIn(folder);

  it('are there', () => {
    expect(files.length).toBeGreaterThan(5);
  });

  it.each(files)('%s', async (file) => {
    await checkPythonModel(join(folder, file), { rtol: 1e-12, scores: 1e-12 });
  });
});
