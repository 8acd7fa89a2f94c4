import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cityHash64 } from '../../src/catboost/city-hash.ts';

const hash = (text: string): number => Number(BigInt.asIntN(32, cityHash64(Buffer.from(text))));

it('is that of CatBoost', () => {
  // The values of one-hot features that CatBoost saved for these texts.
  expect(hash('1')).toBe(1121341681);
  expect(hash('Paris')).toBe(1799737244);
  expect(cityHash64(new Uint8Array(0))).toBe(0x9ae16a3b2f90404fn);
});

it('is that of CatBoost for texts of every length', () => {
  const words = [0, 1, 2, 3, 4, 7, 8, 9, 16, 17, 32, 33, 64, 65, 128, 129, 200].map(
    (length) => 'é'.repeat(length % 4) + 'x'.repeat(length),
  );
  const document = JSON.parse(readFileSync(new URL('models/onehot-words.cat.json', import.meta.url), 'utf8')) as {
    features_info: { categorical_features: { feature_id: string; values?: number[] }[] };
  };
  const feature = document.features_info.categorical_features.find(({ feature_id: name }) => name === 'wörd');
  const hashes = new Set(words.map(hash));
  expect(feature?.values?.length).toBeGreaterThan(5);
  for (const value of feature?.values ?? []) expect(hashes).toContain(value);
});
