import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { difference, modelAt, plain, type Reference, rowsOf } from './reference.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/fixtures/sklearn-wide/sk1.6.1');
const OURS = /^sklearn\.(?:preprocessing|compose|impute|feature_selection|dummy)\./;

interface SharedReference extends Reference {
  readonly cls: string;
  readonly rtol?: number;
}

const cases = existsSync(SHARED)
  ? readdirSync(SHARED)
      .filter((file) => file.endsWith('.json'))
      .map(
        (file) => [file.slice(0, -5), JSON.parse(readFileSync(join(SHARED, file), 'utf8')) as SharedReference] as const,
      )
      .filter(([, { cls, expected }]) => OURS.test(cls) && 'transform' in expected)
  : [];
if (cases.length === 0)
  console.info(`skipped: ${SHARED} is not here; the models in test/fixtures are tested all the same`);

describe.runIf(cases.length > 0)('shared fixtures', () => {
  it.each(cases)('%s', async (name, { input, expected, rtol }) => {
    const { transform } = await modelAt(join(SHARED, `${name}.pkl`));
    const got = plain(await transform?.(rowsOf(input), {}));
    expect(difference(got, expected['transform'], '', rtol)).toBeUndefined();
  });
});
