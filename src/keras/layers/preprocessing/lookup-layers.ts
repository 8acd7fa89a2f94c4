import { FormatError } from '../../../errors/format-error.ts';
import type { TensorLike } from '../../../spec/tensor.ts';
import type { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import type { KerasLayer } from '../../model/keras-layer.ts';
import { shown } from '../../model/layer-config.ts';
import { outputMode } from './category-encoding.ts';
import { hashingLayer } from './hashing.ts';
import { LOOKUP_MODES, type LookupTable, lookupTable, type Token, tokenOf } from './lookup-table.ts';
import { rowVectors } from './row-vectors.ts';
import { tokensOf } from './tokens.ts';

const LIMITS = 'directly behind an input; sparse outputs and vocabularies in files of their own are refused';

/** `StringLookup`, `IntegerLookup` and `Hashing`: done in TypeScript before the graph runs. */
export const LOOKUP_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ['StringLookup', lookup('string')],
  ['IntegerLookup', lookup('integer')],
  ['Hashing', hashingLayer(LIMITS)],
]);

function lookup(kind: 'string' | 'integer'): LayerType {
  return {
    keepsTypes: true,
    limits: LIMITS,
    assets: vocabularyAssets,
    check: (layer) => checkLookup(layer),
    translate: (call) => lookedUp(call, kind),
  };
}

/** What a file keeps of a vocabulary that is not in the configuration. */
export function vocabularyAssets({ config }: KerasLayer): readonly string[] {
  if (config.has('vocabulary')) return [];
  return ['vocabulary', ...(/^tf.idf$/.test(String(config.raw('output_mode'))) ? ['idf_weights'] : [])];
}

/** Refuses what lookups have in common. */
export function checkLookup({ config }: KerasLayer): void {
  for (const key of ['sparse', 'ragged']) config.refuseUnless(key, [false], 'only dense outputs are made');
  const vocabulary = config.raw('vocabulary');
  if (typeof vocabulary === 'string')
    throw new FormatError(
      'ML_FORMAT_UNSAFE',
      `Keras model: ${config.subject} reads its vocabulary from the file ${shown(vocabulary)}; give it as a list`,
    );
  outputMode(config, LOOKUP_MODES, 'int');
}

/** The table of a layer, its vocabulary from the configuration or from beside the weights. */
export function tableOf({ layer, config, weights }: LayerCall, kind: 'string' | 'integer'): LookupTable {
  const raw = config.raw('vocabulary');
  if (Array.isArray(raw)) {
    const vocabulary = raw.map((item: unknown) =>
      tokenOf(item, kind, () => config.mistyped('vocabulary', 'a list of tokens')),
    );
    const idf = config.raw('idf_weights');
    return lookupTable(layer, { vocabulary, idf: Array.isArray(idf) ? (idf as number[]) : undefined, kind });
  }
  const words = weights.get('vocabulary', [null]).data as readonly string[];
  const vocabulary = words.map((word): Token => {
    if (kind === 'string') return word;
    if (!/^\s*[+-]?\d+\s*$/.test(word)) throw config.malformed(`has ${shown(word)} in a vocabulary of whole numbers`);
    return BigInt(word.trim());
  });
  const idf = weights.has('idf_weights')
    ? Array.from(weights.get('idf_weights', [null]).data as Float32Array)
    : undefined;
  return lookupTable(layer, { vocabulary, idf, kind });
}

function lookedUp(call: LayerCall, kind: 'string' | 'integer'): KerasTensor {
  const { config } = call;
  const x = call.input();
  const table = tableOf(call, kind);
  const { shape } = x;
  if (config.boolean('invert', false)) {
    if (kind === 'integer')
      return call.preStep(x, {
        dtype: 'int64',
        shape,
        compute: (given) => ({
          ...given,
          dtype: 'int64',
          data: BigInt64Array.from(tokensOf(given, 'integer') as bigint[], (n) => table.tokenOf(n) as bigint),
        }),
      });
    return call.preStep(x, {
      dtype: 'string',
      shape,
      compute: (given) => ({
        ...given,
        dtype: 'string',
        data: (tokensOf(given, 'integer') as bigint[]).map((n) => table.tokenOf(n) as string),
      }),
    });
  }
  if (table.mode === 'int') {
    const compute = (given: TensorLike): TensorLike => ({
      dtype: 'int64',
      shape: given.shape,
      data: BigInt64Array.from(tokensOf(given, kind), (token) => BigInt(table.indexOf(token) ?? 0)),
    });
    return call.preStep(x, { dtype: 'int64', shape, compute });
  }
  return rowVectors(call, x, table, (given) => tokensOf(given, kind).map((token) => table.indexOf(token)));
}
