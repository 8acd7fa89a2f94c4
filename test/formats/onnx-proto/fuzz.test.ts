import { expect, test } from 'vitest';
import { MLServiceError } from '../../../src/errors/ml-service-error.ts';
import { checkModel } from '../../../src/formats/onnx-proto/check.ts';
import { looksLikeOnnx } from '../../../src/formats/onnx-proto/looks-like-onnx.ts';
import type { OnnxModel } from '../../../src/formats/onnx-proto/onnx-model.ts';
import { readModel } from '../../../src/formats/onnx-proto/read-model.ts';
import { decodeTensor } from '../../../src/formats/onnx-proto/tensor-data.ts';
import { serializeModel } from '../../../src/formats/onnx-proto/write-model.ts';
import { LIMITS, onnxFiles } from './onnx-files.ts';

const MAX_FILE = 4096;
const CASES_PER_FILE = 60;
const MAX_MS = 1000;

/** A small generator with a fixed seed, so that a failure can be repeated. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Everything that a loader would do with the bytes, up to the engine. */
function use(bytes: Uint8Array): void {
  looksLikeOnnx(bytes);
  const model: OnnxModel = readModel(bytes, LIMITS);
  checkModel(model, LIMITS);
  serializeModel({ ...model, source: undefined, graph: model.graph && { ...model.graph, source: undefined } });
  for (const tensor of model.graph?.initializers ?? []) decodeTensor(tensor);
}

test('damaged files give typed errors, and soon', () => {
  const files = onnxFiles('test/fixtures/onnx').filter(({ bytes }) => bytes.length > 0 && bytes.length <= MAX_FILE);
  const random = generator(20240101);
  let cases = 0;
  let slowest = 0;
  for (const { name, bytes } of files) {
    for (let i = 0; i < CASES_PER_FILE; i++) {
      const cut = i % 3 === 0 ? bytes.slice(0, random(bytes.length)) : bytes.slice();
      for (let flips = i % 3 === 0 ? 0 : 1 + random(4); flips > 0; flips--) cut[random(cut.length)] = random(256);
      const start = performance.now();
      try {
        use(cut);
      } catch (error) {
        if (!MLServiceError.isInstance(error))
          throw new Error(`${name}, case ${i}: ${String(error)}`, { cause: error });
      }
      slowest = Math.max(slowest, performance.now() - start);
      cases++;
    }
  }
  expect(cases).toBeGreaterThan(3000);
  expect(slowest).toBeLessThan(MAX_MS);
});
