import * as fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { descriptor } from '../../../src/loaders/onnx/onnx-format.ts';
import { FIXTURES, MODELS } from '../../onnx-runner/harness.ts';

const files = (folder: string, extension: RegExp): string[] =>
  readdirSync(folder)
    .filter((name) => extension.test(name))
    .map((name) => join(folder, name));

const looksLikeOnnx = (bytes: Uint8Array, kind: 'file' | 'directory' = 'file'): boolean | undefined =>
  descriptor.detect?.({ kind, name: 'model', bytes, entries: [] });

describe('detect', () => {
  it('is about files', () => {
    expect(looksLikeOnnx(readFileSync(join(FIXTURES, 'add_int64.onnx')), 'directory')).toBe(false);
  });

  it.each([...files(FIXTURES, /\.onnx$/), ...files(join(MODELS, 'trained'), /\.onnx$/)])('%s', (path) => {
    const bytes = readFileSync(path);
    expect(looksLikeOnnx(bytes)).toBe(true);
    expect(looksLikeOnnx(bytes.subarray(0, bytes.length - 5))).toBe(true);
  });

  it.each(files(join(MODELS, 'trained'), /\.(pkl|joblib)$/))('%s is none', (path) => {
    expect(looksLikeOnnx(readFileSync(path))).toBe(false);
  });

  it.each(['', 'B', ':', 'Hello', '{"a": 1}', '<html>', 'PK\u0003\u0004'])('the text %j is none', (text) => {
    expect(looksLikeOnnx(Buffer.from(text))).toBe(false);
  });

  it('answers for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof looksLikeOnnx(bytes) === 'boolean'));
  });
});
