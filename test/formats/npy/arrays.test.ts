// Arrays of every type, byte order and layout, as numpy wrote them (see make_cases.py), in .npy files and pickles.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NdArray, type NumericArray } from '../../../src/formats/npy/nd-array.ts';
import { NumpyDType } from '../../../src/formats/npy/numpy-dtype.ts';
import { readNpy } from '../../../src/formats/npy/read-npy.ts';
import { readPickle } from '../../../src/formats/pickle/read-pickle.ts';
import { codeOf } from '../pickle/opcodes.ts';

interface Case {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly (string | number)[];
  readonly [form: string]: unknown;
}

const { cases }: { cases: Case[] } = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8'));

function hexFloat(text: string): number {
  const match = /^(-?)0x([01])\.([0-9a-f]+)p([+-]\d+)$/.exec(text);
  if (match === null) return Number(text.replace('inf', 'Infinity'));
  const [, sign, whole, fraction = '', exponent] = match;
  const value = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - fraction.length * 4);
  return sign === '-' ? -value : value;
}

function expected({ values }: Case, typed: NumericArray): (number | bigint)[] {
  const big = typed instanceof BigInt64Array || typed instanceof BigUint64Array;
  return values.map((v) => {
    if (typeof v === 'number') return v;
    if (big) return BigInt(v);
    return /^-?\d+$/.test(v) ? Number(v) : hexFloat(v);
  });
}

function check(array: NdArray, sample: Case): void {
  expect(array.shape).toEqual(sample.shape);
  if (array.dtype.type === 'U' || array.dtype.type === 'S') {
    expect(array.toStrings()).toEqual(sample.values);
    return;
  }
  const typed = array.toTypedArray();
  expect(Array.from<number | bigint>(typed)).toEqual(expected(sample, typed));
  if (!/[cMm]/.test(array.dtype.type)) {
    expect(Array.from(array.toFloat64Array())).toEqual(expected(sample, typed).map(Number));
  }
}

test.each(cases)('$name ($dtype)', async (sample) => {
  const bytes = (form: string): Buffer => Buffer.from(String(sample[form]), 'base64');
  check((await readNpy(bytes('npy'))).array, sample);
  for (const form of ['p0', 'p2', 'p4', 'p5']) {
    const { root } = readPickle(bytes(form));
    if (!(root instanceof NdArray)) throw new Error('no array');
    check(root, sample);
    // The same file one byte further on in memory, so that nothing is aligned.
    const shifted = Buffer.concat([Buffer.of(0), bytes(form)]).subarray(1);
    const again = readPickle(shifted).root;
    if (again instanceof NdArray) check(again, sample);
  }
});

test('the data of an array are a view of the file', async () => {
  const bytes = Buffer.from(String(cases.find((c) => c.name === '<f8')?.['npy']), 'base64');
  expect((await readNpy(bytes)).array.bytes.buffer).toBe(bytes.buffer);
});

test('types by description', () => {
  expect([NumpyDType.parse('>i4').littleEndian, NumpyDType.parse('d').name, NumpyDType.parse('<U7').itemSize]).toEqual([
    false,
    'f8',
    28,
  ]);
  expect(NumpyDType.parse('M8[25us]').time).toEqual({ unit: 'us', count: 25 });
  for (const text of ['f16', 'c32', 'g', 'T16', '<f12'])
    expect([text, codeOf(() => NumpyDType.parse(text))]).toEqual([text, 'ML_FORMAT_UNSUPPORTED']);
  for (const text of ['x8', 'i3', 'f8[ns]', 'M8[parsec]', '', 'i8 ', 'V99999999999']) {
    expect([text, codeOf(() => NumpyDType.parse(text))]).toEqual([text, 'ML_FORMAT_MALFORMED']);
  }
});

test('fields of structured arrays are views', () => {
  const dtype = new NumpyDType('V', { itemSize: 13 });
  const inner = new NumpyDType('V', { itemSize: 4 });
  inner.update({ subarray: { dtype: NumpyDType.parse('<u2'), shape: [2] } });
  dtype.update({
    fields: new Map([
      ['x', { dtype: NumpyDType.parse('<f8'), offset: 1 }],
      ['pair', { dtype: inner, offset: 9 }],
    ]),
  });
  const bytes = Buffer.alloc(26);
  for (const row of [0, 1]) {
    bytes.writeDoubleLE(row + 0.5, row * 13 + 1);
    bytes.writeUInt16LE(row * 10, row * 13 + 9);
    bytes.writeUInt16LE(row * 10 + 1, row * 13 + 11);
  }
  const array = new NdArray({ dtype, shape: [2], bytes });
  expect(Array.from(array.field('x').toFloat64Array())).toEqual([0.5, 1.5]);
  expect(array.field('pair').shape).toEqual([2, 2]);
  expect(Array.from(array.field('pair').toInt32Array())).toEqual([0, 1, 10, 11]);
  expect(codeOf(() => array.field('toString'))).toBe('ML_FORMAT_MALFORMED');
  expect(codeOf(() => array.toFloat64Array())).toBe('ML_FORMAT_UNSUPPORTED');
  expect(codeOf(() => dtype.update({ itemSize: 1 }))).toBe('ML_FORMAT_MALFORMED');
});

test('sizes that contradict the bytes are refused before anything is allocated', () => {
  const dtype = NumpyDType.parse('f8');
  const make = (shape: number[], bytes: Uint8Array): NdArray => new NdArray({ dtype, shape, bytes });
  expect(codeOf(() => make([3], new Uint8Array(16)))).toBe('ML_FORMAT_MALFORMED');
  expect(codeOf(() => make([2 ** 40, 2 ** 40], new Uint8Array(0)))).toBe('ML_FORMAT_MALFORMED');
  expect(codeOf(() => make([-1], new Uint8Array(0)))).toBe('ML_FORMAT_MALFORMED');
  expect(
    codeOf(() =>
      make(
        Array.from({ length: 65 }, () => 1),
        new Uint8Array(8),
      ),
    ),
  ).toBe('ML_FORMAT_MALFORMED');
  expect(codeOf(() => new NdArray({ dtype: NumpyDType.parse('U0'), shape: [1e9], bytes: new Uint8Array(0) }))).toBe(
    'ML_FORMAT_MALFORMED',
  );
  expect(codeOf(() => new NdArray().dtype)).toBe('ML_FORMAT_MALFORMED');
  const field = { dtype, offset: 4 };
  expect(codeOf(() => new NumpyDType('V', { itemSize: 8 }).update({ fields: new Map([['x', field]]) }))).toBe(
    'ML_FORMAT_MALFORMED',
  );
});

test('types that share their parts are not walked without end', () => {
  let dtype = NumpyDType.parse('f8');
  const nest = (): void => {
    const outer = new NumpyDType('V', { itemSize: dtype.itemSize * 2 });
    outer.update({
      fields: new Map([
        ['a', { dtype, offset: 0 }],
        ['b', { dtype, offset: dtype.itemSize }],
      ]),
    });
    dtype = outer;
  };
  expect(
    codeOf(() => {
      for (let i = 0; i < 40; i++) nest();
    }),
  ).toBe('ML_FORMAT_MALFORMED');
});

test('.npy headers: every mutation is a value or a typed error', async () => {
  const original = Buffer.from(String(cases.find((c) => c.name === 'fortran')?.['npy']), 'base64');
  let refused = 0;
  for (let at = 0; at < 128; at++) {
    for (const byte of [0, 0x27, 0x28, 0x39, 0xff]) {
      const changed = Buffer.from(original);
      changed[at] = byte;
      const code = await readNpy(changed).then(
        () => undefined,
        (error: unknown) =>
          codeOf(() => {
            throw error;
          }),
      );
      if (code !== undefined) refused++;
    }
  }
  expect(refused).toBeGreaterThan(200);
});
