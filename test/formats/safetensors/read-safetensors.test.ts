import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../src/formats/safetensors/read-safetensors.ts';
import { memorySource } from '../../../src/internal/memory-source.ts';
import { outcome } from '../joblib/files.ts';

const read = (bytes: Uint8Array) => readSafetensors(memorySource(bytes), 1_000);

/** A file with a header as text or value, and so many bytes of data. */
function safetensors(header: unknown, data: number | Uint8Array = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, typeof data === 'number' ? Buffer.alloc(data) : data]);
}

const tensor = (dtype: string, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });

describe('what is read', () => {
  it.each([
    ['BOOL', 'bool', 1],
    ['U8', 'uint8', 1],
    ['I8', 'int8', 1],
    ['F8_E4M3', 'float8_e4m3fn', 1],
    ['F8_E5M2', 'float8_e5m2', 1],
    ['F8_E8M0', 'float8_e8m0fnu', 1],
    ['F8_E4M3FNUZ', 'float8_e4m3fnuz', 1],
    ['F8_E5M2FNUZ', 'float8_e5m2fnuz', 1],
    ['I16', 'int16', 2],
    ['U16', 'uint16', 2],
    ['F16', 'float16', 2],
    ['BF16', 'bfloat16', 2],
    ['I32', 'int32', 4],
    ['U32', 'uint32', 4],
    ['F32', 'float32', 4],
    ['I64', 'int64', 8],
    ['U64', 'uint64', 8],
    ['F64', 'float64', 8],
    ['C64', 'complex64', 8],
  ])('%s', async (written, dtype, width) => {
    const { tensors } = await read(safetensors({ a: tensor(written, [2, 3], [0, 6 * width]) }, 6 * width));
    expect(tensors.get('a')).toMatchObject({ dtype, shape: [2, 3], length: 6 * width });
  });

  it.each([
    ['F4', 'float4_e2m1fn', 3],
    ['F6_E2M3', 'float6_e2m3fn', 6],
    ['F6_E3M2', 'float6_e3m2fn', 6],
  ])('%s, which is smaller than a byte', async (written, dtype, bytes) => {
    const count = written === 'F4' ? 6 : 8;
    const { tensors } = await read(safetensors({ a: tensor(written, [count], [0, bytes]) }, bytes));
    expect(tensors.get('a')).toMatchObject({ dtype, shape: [count] });
  });

  it('no tensors, scalars, empty tensors anywhere, spaces behind the header, names of all kinds, metadata', async () => {
    expect((await read(safetensors({}))).tensors.size).toBe(0);
    const header = {
      __metadata__: { format: 'pt', ключ: 'значение' },
      __proto__x: tensor('F32', [], [0, 4]),
      имя: tensor('U8', [0, 4], [4, 4]),
      '': tensor('U8', [2], [4, 6]),
      end: tensor('F64', [3, 0], [6, 6]),
    };
    const { tensors, metadata } = await read(safetensors(`${JSON.stringify(header)}   `, 6));
    expect([...tensors.keys()]).toEqual(['__proto__x', 'имя', '', 'end']);
    expect(metadata).toEqual(
      new Map([
        ['format', 'pt'],
        ['ключ', 'значение'],
      ]),
    );
  });

  it('the order of the header need not be that of the data', async () => {
    const { tensors } = await read(safetensors({ b: tensor('U8', [2], [3, 5]), a: tensor('U8', [3], [0, 3]) }, 5));
    expect([...tensors.keys()]).toEqual(['b', 'a']);
  });
});

describe('what is refused', () => {
  const one = (...args: Parameters<typeof tensor>) => ({ a: tensor(...args) });
  it.each<[what: string, bytes: () => Uint8Array, code: string]>([
    ['nothing', () => new Uint8Array(0), 'TRUNCATED'],
    ['a header longer than the file', () => safetensors({}).subarray(0, 9), 'TRUNCATED'],
    ['a header of petabytes', () => Buffer.from('ffffffffffffff7f7b7d', 'hex'), 'LIMIT'],
    [
      'a header of more than 100 MB',
      () => Buffer.concat([Buffer.from('01e1f50500000000', 'hex'), Buffer.from('{}')]),
      'LIMIT',
    ],
    ['a header that is a list', () => safetensors('[]'), 'MALFORMED'],
    ['a header that begins with a space', () => safetensors(' {}'), 'MALFORMED'],
    ['no JSON', () => safetensors('{"a":'), 'MALFORMED'],
    ['two values', () => safetensors('{}{}'), 'MALFORMED'],
    [
      'no UTF-8',
      () => safetensors({ '~': tensor('U8', [0], [0, 0]) }).map((byte) => (byte === 0x7e ? 0xff : byte)),
      'MALFORMED',
    ],
    [
      'a name twice',
      () =>
        safetensors(
          '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
        ),
      'MALFORMED',
    ],
    [
      'a name twice in two spellings',
      () =>
        safetensors(
          '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
        ),
      'MALFORMED',
    ],
    [
      'a field twice',
      () => safetensors('{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}'),
      'MALFORMED',
    ],
    ['metadata twice', () => safetensors('{"__metadata__":{},"__metadata__":{}}'), 'MALFORMED'],
    ['metadata that is no text', () => safetensors({ __metadata__: { a: 1 } }), 'MALFORMED'],
    ['metadata that is a list', () => safetensors({ __metadata__: [] }), 'MALFORMED'],
    ['an unknown field', () => safetensors({ a: { ...tensor('U8', [0], [0, 0]), more: 1 } }), 'MALFORMED'],
    ['a missing field', () => safetensors({ a: { dtype: 'U8', shape: [0] } }), 'MALFORMED'],
    ['a tensor that is a number', () => safetensors({ a: 1 }), 'MALFORMED'],
    ['an unknown dtype', () => safetensors(one('Q7', [0], [0, 0])), 'UNSUPPORTED'],
    ['a shape that is text', () => safetensors(one('U8', '[0]', [0, 0])), 'MALFORMED'],
    ['a negative size', () => safetensors(one('U8', [-1], [0, 0])), 'MALFORMED'],
    ['half a size', () => safetensors(one('U8', [0.5], [0, 0])), 'MALFORMED'],
    [
      'a size beyond 2^53',
      () => safetensors('{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,0]}}'),
      'MALFORMED',
    ],
    ['a product that overflows', () => safetensors(one('U8', [2 ** 40, 2 ** 40, 0, 2 ** 40], [0, 1]), 1), 'MALFORMED'],
    ['offsets in reverse', () => safetensors(one('U8', [0], [1, 0]), 1), 'MALFORMED'],
    ['three offsets', () => safetensors(one('U8', [0], [0, 0, 0])), 'MALFORMED'],
    ['fewer bytes than the shape takes', () => safetensors(one('F32', [2], [0, 4]), 4), 'MALFORMED'],
    ['an end within a byte', () => safetensors(one('F4', [3], [0, 1]), 1), 'MALFORMED'],
    ['a hole at the start', () => safetensors(one('U8', [1], [1, 2]), 2), 'MALFORMED'],
    ['a hole', () => safetensors({ a: tensor('U8', [1], [0, 1]), b: tensor('U8', [1], [2, 3]) }, 3), 'MALFORMED'],
    ['an overlap', () => safetensors({ a: tensor('U8', [2], [0, 2]), b: tensor('U8', [2], [1, 3]) }, 3), 'MALFORMED'],
    [
      'two tensors in one place',
      () => safetensors({ a: tensor('U8', [2], [0, 2]), b: tensor('U8', [2], [0, 2]) }, 2),
      'MALFORMED',
    ],
    ['data that are missing', () => safetensors(one('U8', [4], [0, 4]), 3), 'TRUNCATED'],
    ['bytes behind the data', () => safetensors(one('U8', [4], [0, 4]), 5), 'MALFORMED'],
    ['nesting', () => safetensors(`{"a":${'['.repeat(50_000)}`), 'MALFORMED'],
    [
      'too many tensors',
      () =>
        safetensors(
          Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [String(i), tensor('U8', [0], [0, 0])])),
        ),
      'LIMIT',
    ],
  ])('%s', async (_, bytes, code) => {
    expect(await outcome(() => read(bytes()))).toBe(`ML_FORMAT_${code}`);
  });

  it('every truncation and every changed byte is a typed error or a header that keeps the rules', async () => {
    const whole = safetensors({ a: tensor('F32', [2, 2], [0, 16]), b: tensor('U8', [3], [16, 19]) }, 19);
    for (let at = 0; at < whole.length; at++) {
      expect(await outcome(() => read(whole.subarray(0, at)))).toMatch(/^ML_FORMAT_/);
      for (const mask of [1, 2, 4, 0x80, 0xff]) {
        expect(await outcome(() => read(whole.map((byte, i) => (i === at ? byte ^ mask : byte))))).toMatch(
          /^ok$|^ML_FORMAT_/,
        );
      }
    }
  });
});
