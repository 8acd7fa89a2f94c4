import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OnnxModel } from '../../src/formats/onnx-proto/onnx-model.ts';
import { readModel } from '../../src/formats/onnx-proto/read-model.ts';

export const FIXTURES: string = fileURLToPath(new URL('../fixtures/onnx/', import.meta.url));
export const TRAINED: string = fileURLToPath(new URL('../../models/trained/', import.meta.url));
export const LIMITS = { maxNesting: 64, maxElements: 5_000_000, maxModelBytes: 2 ** 32 } as const;

/** A fixture as a model; `name` is without `.onnx`. */
export function fixture(name: string): OnnxModel {
  return readModel(readFileSync(`${FIXTURES}${name}.onnx`), LIMITS);
}

/** Every good fixture and every trained model, by name. */
export function allModels(): readonly (readonly [name: string, model: OnnxModel])[] {
  return [FIXTURES, TRAINED].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.onnx'))
      .map((file) => [file, readModel(readFileSync(folder + file), LIMITS)] as const),
  );
}

/** What the fixture's `.json` says. */
export function expectation(name: string): FixtureCase {
  return JSON.parse(readFileSync(`${FIXTURES}${name}.json`, 'utf8')) as FixtureCase;
}

export interface FixtureTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly unknown[];
}

export interface FixtureCase {
  readonly inputs?: readonly FixtureTensor[];
  readonly expected?: unknown;
}
