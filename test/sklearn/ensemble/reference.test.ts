import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { datasetOf, differences, readModel, readReference, referencesIn, TREES } from '../tree/reference.ts';

describe('models of test/sklearn/reference/make_trees.py', () => {
  it.each(referencesIn(TREES))('%s says what Python says, in one call and row by row', async (name) => {
    const reference = readReference(join(TREES, `${name}.json`));
    const model = await readModel(join(TREES, `${name}.pkl`));
    expect(differences(model, reference, true)).toEqual([]);
    for (const row of reference.raises ?? []) {
      const method = model.predict ?? model.transform;
      expect(() => method?.(datasetOf([[...row]]))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^ML_INPUT_/) }),
      );
    }
  });
});

const SHARED = fileURLToPath(new URL('../../../../shared/fixtures/', import.meta.url));
const FOLDERS = ['sklearn-pickles', 'sklearn-wide', 'sklearn-edge'];

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
    return /^sklearn\.(tree|ensemble)\./.test(cls ?? '') ? [{ file, reference }] : [];
  });

  it('has models', () => {
    expect(models.length).toBeGreaterThan(200);
  });

  it.each(models)('$file says what Python says', async ({ file, reference }) => {
    const expected = readReference(reference);
    const model = await readModel(file).catch((error: unknown) => {
      // Members of ensembles that are not trees may be refused by name, as long as they have no reader.
      const details = (error as { details?: { class?: string } }).details;
      if (details?.class !== undefined && !/^sklearn\.(tree|ensemble)\./.test(details.class)) return undefined;
      throw error;
    });
    if (model !== undefined) expect(differences(model, expected, false)).toEqual([]);
  });
});

if (!existsSync(SHARED)) console.log(`skipped: ${SHARED} is not there, its fixtures are not checked`);
