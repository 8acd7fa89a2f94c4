import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readPythonFile } from '../../../src/formats/joblib/read-python-file.ts';
import { pandasValue } from '../../../src/formats/pandas/pandas-value.ts';
import { PyObject } from '../../../src/formats/pickle/nodes.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/pandas', import.meta.url));

async function objectsOf(file: string): Promise<ReadonlyMap<string, unknown>> {
  const { root, unknown } = await readPythonFile(readFileSync(join(FOLDER, file)));
  expect(unknown).toEqual([]);
  if (typeof root !== 'object' || root?.kind !== 'dict') throw new Error('no dictionary');
  return new Map(
    Array.from(root, ([name, value]) => [name as string, value instanceof PyObject ? pandasValue(value) : value]),
  );
}

describe.each(readdirSync(FOLDER))('%s', (file) => {
  it('reads frames, series and indexes', async () => {
    const objects = await objectsOf(file);
    const dates = ['2024-01-31T00:00:00', '2024-02-01T12:30:00.25', null];
    // pandas 3 makes text columns of its own type, whose missing value is NaN.
    const missing = file.startsWith('pandas-3') ? Number.NaN : null;
    expect(objects.get('frame')).toEqual({
      columns: new Map<string, unknown[]>([
        ['int', [1, 2, 3]],
        ['float', [0.5, Number.NaN, 2]],
        ['text', ['a', missing, 'c']],
        ['bool', [true, false, true]],
        ['category', ['x', 'y', null]],
        ['codes', [3, 1, 3]],
        ['date', dates],
        ['int32', [4, 5, 6]],
        ['big', [2n ** 60n, 1, 2]],
        ['nullable', [1, null, 3]],
      ]),
      index: ['r1', 'r2', 'r3'],
    });
    expect(objects.get('series')).toEqual({ name: 'weight', values: [1.5, 2], index: [0, 1] });
    expect(objects.get('dates')).toMatchObject({ name: 'date', values: dates });
    expect(objects.get('categories')).toMatchObject({ values: ['x', 'y', null] });
    expect(objects.get('columns')).toHaveLength(10);
    expect(objects.get('range')).toEqual([2, 5]);
    expect(objects.get('empty')).toEqual({ columns: new Map(), index: [] });
    expect(objects.get('numbered')).toMatchObject({
      columns: new Map([
        ['0', [1, 2]],
        ['x', [3, 4]],
      ]),
    });
    expect(objects.get('days')).toMatchObject({ values: ['2024-01-31', '2024-01-31T01:02:03.00004'] });
  });
});
