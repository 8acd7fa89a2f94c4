import { describe, expect, it } from 'vitest';
import { MLServiceError } from '../../../src/errors/ml-service-error.ts';
import type { LoadedModel } from '../../../src/spec/model-loader.ts';
import type { Rows } from '../../../src/spec/rows.ts';
import { difference, model, plain, REFERENCES, reference, rowsOf } from './reference.ts';

const METHODS = { predict: 'predict', predict_proba: 'predictProba', transform: 'transform' } as const;

async function answers(loaded: LoadedModel, method: string, rows: Rows): Promise<unknown> {
  const call = loaded[METHODS[method as keyof typeof METHODS]];
  if (call === undefined) throw new Error(`no ${method}`);
  return plain(await call(rows, {}));
}

describe('models fitted by scikit-learn', () => {
  it('are there', () => {
    expect(REFERENCES.length).toBeGreaterThan(140);
  });

  it.each(REFERENCES)('%s: every method as in Python, for many rows, one row and none', async (name) => {
    const { input, expected } = reference(name);
    const loaded = await model(name);
    const rows = rowsOf(input) as unknown[];
    for (const [method, want] of Object.entries(expected)) {
      expect(difference(await answers(loaded, method, rows as Rows), want)).toBeUndefined();
      // An imputer in rounds leaves a batch alone whose rows lack everything, so that one row can differ.
      if (name === 'iterative') continue;
      for (const [i, row] of rows.entries()) {
        expect(difference(await answers(loaded, method, [row] as Rows), [want[i]], `row ${i}`)).toBeUndefined();
      }
      expect(await answers(loaded, method, [])).toEqual([]);
    }
  });

  it.each(REFERENCES.filter((name) => reference(name).inverse !== undefined))(
    '%s: the inverse as in Python',
    async (name) => {
      const { inverse } = reference(name);
      const loaded = await model(name);
      const got = plain(await loaded.inverseTransform?.(inverse?.input as Rows, {}));
      expect(difference(got, inverse?.output)).toBeUndefined();
    },
  );

  it.each(REFERENCES.filter((name) => reference(name).raises !== undefined))(
    '%s: refuses what Python refuses',
    async (name) => {
      const { raises = [] } = reference(name);
      const loaded = await model(name);
      for (const { input } of raises) {
        const call = async (): Promise<unknown> => loaded.transform?.(rowsOf(input), {});
        await expect(call()).rejects.toSatisfy(
          (error) => MLServiceError.isInstance(error) && error.code.startsWith('ML_INPUT_'),
        );
      }
    },
  );
});
