// Small files that joblib wrote (see make_cases.py).
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FormatError } from '../../../src/errors/format-error.ts';
import { readPythonFile } from '../../../src/formats/joblib/read-python-file.ts';
import { NdArray } from '../../../src/formats/npy/nd-array.ts';
import { NumpyScalar } from '../../../src/formats/npy/numpy-scalar.ts';
import type { PyValue } from '../../../src/formats/pickle/nodes.ts';
import { PyDict } from '../../../src/formats/pickle/py-dict.ts';
import { outcome } from './files.ts';

const {
  files,
  hostile,
}: Record<'files' | 'hostile', Record<string, string>> = JSON.parse(
  readFileSync(new URL('cases.json', import.meta.url), 'utf8'),
);
const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');

function array(root: PyValue, name: string): NdArray {
  const value = root instanceof PyDict ? root.get(name) : undefined;
  if (!(value instanceof NdArray)) throw new Error(`${name} is no array`);
  return value;
}

test.each(Object.entries(files))('%s', async (form, data) => {
  const file = await readPythonFile(bytes(data));
  const { root } = file;
  expect([file.container, file.unknown]).toEqual(['joblib', []]);
  expect(file.compression).toBe(form.startsWith('protocol') ? undefined : form.replace('bz2', 'bzip2'));
  expect(Array.from<number | bigint>(array(root, 'c').toTypedArray())).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
  expect(array(root, 'c').shape).toEqual([2, 3]);
  expect(Array.from(array(root, 'fortran').toFloat64Array())).toEqual([0, 1, 2, 3, 4, 5]);
  expect(array(root, 'objects').objects).toMatchObject(['a', null, { value: 1.5 }]);
  expect(array(root, 'object_matrix').objects).toEqual(['a', 'b', 'c', 'd']);
  expect(array(root, 'text').toStrings()).toEqual(['x', 'yz']);
  expect(Array.from<number | bigint>(array(root, 'again').toTypedArray())).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
  expect(array(root, 'empty').shape).toEqual([0, 2]);
  expect(array(root, 'matrix').type).toBe('matrix');
  expect(array(root, 'large').toFloat64Array()[4999]).toBe(4999);
  const scalar = root instanceof PyDict ? root.get('scalar') : undefined;
  expect(scalar instanceof NumpyScalar && scalar.value).toBe(2.5);
});

test('arrays are views of the file', async () => {
  const input = bytes(files['protocol 4']);
  const { root } = await readPythonFile(input);
  expect(array(root, 'large').toFloat64Array().buffer).toBe(input.buffer);
});

test.each(Object.entries(hostile))('a call %s is found', async (_, data) => {
  expect(await outcome(() => readPythonFile(bytes(data)))).toBe('ML_FORMAT_UNSAFE');
  const found: FormatError[] = [];
  await readPythonFile(bytes(data), { onUnsafe: (error) => found.push(error) });
  expect(found.map((error) => error.details['name'])).toEqual(['print']);
});

test('padding that is not padding, and data that are cut off, are refused', async () => {
  const input = bytes(files['protocol 4']);
  const at = input.indexOf(Buffer.alloc(5, 0xff));
  expect(at).toBeGreaterThan(0);
  const changed = Buffer.from(input);
  changed[at] = 0x2e;
  expect(await outcome(() => readPythonFile(changed))).toBe('ML_FORMAT_MALFORMED');
  for (let end = 0; end < input.length; end += 97) {
    expect(await outcome(() => readPythonFile(input.subarray(0, end)))).toMatch(/^ML_FORMAT_(?:TRUNCATED|MALFORMED)$/);
  }
});

test('limits reach into nested streams', async () => {
  expect(await outcome(() => readPythonFile(bytes(files['protocol 4']), { limits: { maxNodes: 20 } }))).toBe(
    'ML_FORMAT_LIMIT',
  );
  expect(await outcome(() => readPythonFile(bytes(files['xz']), { maxDecompressedBytes: 1_000 }))).toBe(
    'ML_FORMAT_LIMIT',
  );
});

test('mutations give a value or a typed error', async () => {
  const input = bytes(files['protocol 4']);
  for (let at = 0; at < 1_500; at++) {
    const changed = Buffer.from(input);
    changed[at % input.length] = (at * 131) & 0xff;
    expect(await outcome(() => readPythonFile(changed))).not.toContain('UNTYPED');
  }
});
