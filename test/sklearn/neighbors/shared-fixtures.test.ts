import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { oneColumn } from '../feature_extraction/reference.ts';
import { call, datasetOf, difference, readModel, readReference } from '../tree/reference.ts';

const SHARED = fileURLToPath(new URL('../../../../shared/fixtures/', import.meta.url));
const FOLDERS = ['sklearn-pickles', 'sklearn-wide', 'sklearn-edge'];
const FAMILIES = /^sklearn\.(?:feature_extraction|naive_bayes|svm|neighbors)\./;

describe.runIf(existsSync(SHARED))('shared fixtures', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(SHARED, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => readdirSync(join(SHARED, folder, name)).map((file) => join(SHARED, folder, name, file))),
  );
  const models = files.flatMap((file) => {
    const reference = file.replace(/\.(pkl|joblib)$/, '.json');
    if (reference === file || !existsSync(reference)) return [];
    const { class: name, cls = name } = readReference(reference);
    return FAMILIES.test(cls ?? '') ? [{ file, reference }] : [];
  });

  it('has models', () => {
    expect(models.length).toBeGreaterThan(100);
  });

  it.each(models)('$file says what Python says', async ({ file, reference }) => {
    const { input, expected, rtol = 1e-10 } = readReference(reference);
    const model = await readModel(file);
    const whole = Array.isArray(input) && !Array.isArray(input[0]);
    const rows = whole ? oneColumn(input) : datasetOf(input);
    for (const [name, want] of Object.entries(expected)) {
      expect(difference(call(model, name, rows), want, rtol, name)).toBeUndefined();
    }
  });
});

if (!existsSync(SHARED)) console.log(`skipped: ${SHARED} is not there, its fixtures are not checked`);
