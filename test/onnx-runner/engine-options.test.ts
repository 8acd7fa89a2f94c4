import { describe, expect, it } from 'vitest';
import { parseEngineOptions } from '../../src/onnx-runner/engine-options.ts';

describe('parseEngineOptions', () => {
  it('takes an engine and session options', () => {
    expect(parseEngineOptions({}, 'onnx')).toEqual({});
    const given = { engine: 'onnxruntime-web', session: { intraOpNumThreads: 2, extra: { session: { x: '1' } } } };
    expect(parseEngineOptions(given, 'onnx')).toEqual(given);
  });

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'an unknown engine',
      { engine: 'tensorflow' },
      /^options\.loaderOptions\.onnx\.engine must be "auto", .* got the string "tensorflow"/,
    ],
    ['session options that are no object', { session: 5 }, /^options\.loaderOptions\.onnx\.session must be an object/],
    ['an unknown option', { threads: 4 }, /^options\.loaderOptions\.onnx\.threads must be absent/],
    [
      'external data',
      { session: { externalData: [] } },
      /^options\.loaderOptions\.onnx\.session\.externalData must be absent/,
    ],
    ['a file to write', { session: { optimizedModelFilePath: '/tmp/x' } }, /optimizedModelFilePath must be absent/],
  ])('refuses %s', (_, given, message) => {
    expect(() => parseEngineOptions(given, 'onnx')).toThrow(
      expect.objectContaining({ code: 'ML_OPTIONS_INVALID', message: expect.stringMatching(message) as string }),
    );
  });
});
