import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileInputContract, loadModel } from '../../src/index.ts';
import { ColumnCategories } from '../../src/sklearn/compose/column-categories.ts';
import { codeOf } from '../repository/fixture.ts';

const FIXTURES = fileURLToPath(new URL('../../../shared/fixtures', import.meta.url));

it('columns that several transformers read have the values that each one takes', () => {
  const categories = new ColumnCategories();
  expect(categories.known).toBeUndefined();
  categories.restrict(2, ['a', 'b', Number.NaN]);
  categories.restrict(2, ['b', Number.NaN, 'c']);
  expect(categories.known).toEqual([undefined, undefined, ['b', Number.NaN]]);
});

/** Skipped where the fixtures of the neighbouring folder are absent. */
describe.runIf(existsSync(FIXTURES))('encoders that refuse unknown values', () => {
  it.each(['inline', 'thread'] as const)(
    'say so in the contract, and it refuses what they refuse (%s)',
    async (place) => {
      const model = await loadModel(`${FIXTURES}/sklearn-pickles/sk1.6.1/ordinal_str.pkl`, { execution: { place } });
      const contract = compileInputContract(model.info);
      expect(contract.features.map(({ values }) => values)).toEqual([
        ['Oslo', 'Paris', 'Rome'],
        ['f', 'm'],
      ]);
      for (const row of [
        { city: 'Oslo', sex: 'm' },
        { city: 'Bonn', sex: 'm' },
        { city: 'Oslo', sex: null },
        { city: undefined, sex: 'f' },
        { city: 'Rome', sex: 1 },
      ]) {
        const refused = (await codeOf(model.transform([row]))) !== 'no error';
        expect([row, contract.issues([row]).length > 0]).toEqual([row, refused]);
      }
      await model.dispose();
    },
  );

  it('are found inside a table of transformers, with the columns that nobody reads', async () => {
    const model = await loadModel(`${FIXTURES}/sklearn-edge/sk1.6.1/frame_dense_transform.pkl`);
    expect(compileInputContract(model.info).features).toMatchObject([
      { name: 'a', values: undefined, optional: false },
      { name: 'k', values: undefined, optional: false },
      { name: 'c', values: ['x', 'y', 'z w', 'é'], optional: false },
      { name: 'flag', values: undefined, optional: true },
    ]);
    await model.dispose();
  });
});
