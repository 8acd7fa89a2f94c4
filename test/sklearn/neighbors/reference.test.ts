import { describe, expect, it } from 'vitest';
import { differencesOf, FOLDER } from '../feature_extraction/reference.ts';
import { referencesIn } from '../tree/reference.ts';

describe('models of test/sklearn/reference/make_text_svm_knn.py', () => {
  const names = referencesIn(FOLDER);

  it('has models of every family', () => {
    expect(names.length).toBeGreaterThan(120);
  });

  it.each(names)('%s says what Python says, in one call and row by row', async (name) => {
    expect(await differencesOf(name)).toEqual([]);
  });
});
