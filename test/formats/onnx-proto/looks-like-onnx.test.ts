import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { looksLikeOnnx } from '../../../src/formats/onnx-proto/looks-like-onnx.ts';
import { WireWriter } from '../../../src/formats/onnx-proto/wire-writer.ts';
import { fixture, validFiles } from './onnx-files.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('ONNX files', () => {
  test('every valid one is recognised', () => {
    expect(
      validFiles()
        .filter(({ bytes }) => !looksLikeOnnx(bytes))
        .map(({ name }) => name),
    ).toEqual([]);
  });

  test.each(['truncated_20.onnx', 'truncated_41.onnx', 'truncated_81.onnx', 'length_2_pow_63.onnx'])(
    '%s still is one',
    (name) => {
      const bytes = fixture(`broken/${name}`);
      expect(looksLikeOnnx(bytes)).toBe(bytes[0] === 0x08);
    },
  );

  test('any cut after the version keeps it recognised', () => {
    const bytes = fixture('standard_scaler.onnx');
    const lost = Array.from({ length: bytes.length - 3 }, (_, i) => i + 3).filter(
      (end) => !looksLikeOnnx(bytes.subarray(0, end)),
    );
    // A cut right behind a field before the graph leaves a message that could be anything's.
    expect(lost.length).toBeLessThan(12);
  });
});

describe('other formats', () => {
  const savedModel = new WireWriter()
    .int(1, 1)
    .message(2, new WireWriter().message(1, new WireWriter().text(4, 'serve')))
    .finish();
  const graphDef = new WireWriter()
    .message(1, new WireWriter().text(1, 'x').text(2, 'Placeholder'))
    .message(4, new WireWriter().int(1, 1))
    .finish();
  test.each([
    ['nothing', new Uint8Array()],
    ['pickle protocol 0', text("(dp0\nS'a'\np1\nI1\ns.")],
    ['pickle protocol 2', Uint8Array.of(0x80, 2, 0x7d, 0x71, 0, 0x2e)],
    ['pickle protocol 4', Uint8Array.of(0x80, 4, 0x95, 2, 0, 0, 0, 0, 0, 0, 0, 0x4e, 0x2e)],
    ['zip', text('PK\u0003\u0004\u0014\u0000\u0000\u0000')],
    ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)],
    ['PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
    ['gzip', gzipSync('x'.repeat(1000))],
    ['JSON', text('{"learner": {"objective": "binary:logistic"}}')],
    ['HTML', text('<!DOCTYPE html><html></html>')],
    ['text', text('tree\nversion=v4\nnum_class=1\n')],
    ['Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\n')],
    ['UBJSON', Uint8Array.of(0x7b, 0x4c, 0, 0, 0, 0, 0, 0, 0, 7)],
    ['npy', text('\u0093NUMPY\u0001\u0000')],
    ['TensorFlow SavedModel', savedModel],
    ['TensorFlow GraphDef', graphDef],
    ['zeros', new Uint8Array(64)],
    ['a lone version', Uint8Array.of(0x08, 0x07)],
  ])('%s is none', (_, bytes) => expect(looksLikeOnnx(bytes)).toBe(false));

  test('no pickle or JSON of the repository is taken for ONNX', () => {
    const folder = new URL('../../../models/trained/', import.meta.url);
    const others = readdirSync(folder).filter((name) => !name.endsWith('.onnx'));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((name) => looksLikeOnnx(readFileSync(new URL(name, folder))))).toEqual([]);
  });
});
