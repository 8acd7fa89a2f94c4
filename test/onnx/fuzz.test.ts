import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MLServiceError } from '../../src/errors/ml-service-error.ts';
import { checkModel } from '../../src/formats/onnx-proto/check.ts';
import { readModel } from '../../src/formats/onnx-proto/read-model.ts';
import { serializeModel } from '../../src/formats/onnx-proto/write-model.ts';
import { graphRoles } from '../../src/onnx/graph-roles.ts';
import { graphInputs, graphOutputs } from '../../src/onnx/graph-values.ts';
import { processKillers } from '../../src/onnx/process-killers.ts';
import { cutStringNormalizers } from '../../src/onnx/rewrite/cut-string-normalizer.ts';
import { castHalfEdges } from '../../src/onnx/rewrite/float16-edges.ts';
import { removeZipMap } from '../../src/onnx/rewrite/remove-zipmap.ts';
import { FIXTURES, LIMITS } from './fixture-models.ts';

const SEEDS = [
  'zipmap_string',
  'text_tfidf_classifier',
  'add_float16',
  'double_logistic',
  'zipmap_columns_3',
  'if',
  'optional_input',
];

/** What a loader does with a file, short of the engine. */
function prepare(bytes: Uint8Array): void {
  const model = readModel(bytes, LIMITS);
  processKillers(model);
  if (checkModel(model, LIMITS).findings.length > 0) return;
  const { model: matrices, maps } = removeZipMap(model);
  const { model: cut } = cutStringNormalizers(matrices);
  const { model: cast } = castHalfEdges(cut);
  graphRoles(cut, maps);
  const again = readModel(serializeModel(cast), LIMITS);
  expect(checkModel(again, LIMITS).findings).toEqual([]);
  const names = (edges: readonly { readonly name: string }[]): readonly string[] => edges.map(({ name }) => name);
  expect(names(graphInputs(again))).toEqual(names(graphInputs(model)));
  expect(names(graphOutputs(again))).toEqual(names(graphOutputs(model)));
}

describe('rewriting a damaged file', () => {
  it.each(SEEDS)('%s: gives a sound model or a typed error', (name) => {
    const whole = new Uint8Array(readFileSync(`${FIXTURES}${name}.onnx`));
    const edit = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 4 }), fc.option(fc.nat(whole.length)), (edits, end) => {
        const bytes = whole.slice(0, end ?? whole.length);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        try {
          prepare(bytes);
        } catch (error) {
          if (!MLServiceError.isInstance(error)) throw error;
        }
      }),
      { numRuns: 300, seed: 20_240_101 },
    );
  });
});
