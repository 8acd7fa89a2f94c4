import type { TensorLike } from '../../../spec/tensor.ts';
import type { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import { overriding } from '../../model/derived-layer.ts';
import { type LayerConfig, shown } from '../../model/layer-config.ts';
import { ngrams, splitWhitespace, STANDARDIZE } from '../../text/standardize.ts';
import { checkLookup, tableOf, vocabularyAssets } from './lookup-layers.ts';
import { rowVectors, vectors } from './row-vectors.ts';
import { tokensOf } from './tokens.ts';

const SPLITS: ReadonlyMap<unknown, ((text: string) => readonly string[]) | undefined> = new Map<
  unknown,
  ((text: string) => readonly string[]) | undefined
>([
  [null, undefined],
  ['whitespace', splitWhitespace],
  ['character', (text) => Array.from(text)],
]);

/** `TextVectorization`: texts as indices of their words, or as counts of them. */
export const TEXT_VECTORIZATION: LayerType = {
  keepsTypes: true,
  limits:
    'directly behind an input; functions of the user as standardize or split, sparse and ragged outputs are refused',
  assets: vocabularyAssets,
  check: (layer) => {
    const { config } = layer;
    checkLookup(layer);
    partOf(config, 'standardize', STANDARDIZE, 'lower_and_strip_punctuation');
    partOf(config, 'split', SPLITS, 'whitespace');
    config.refuseUnless('encoding', ['utf-8', 'UTF-8'], 'only UTF-8 is read');
    widthsOf(config);
  },
  translate: vectorized,
};

/** A function that the file names; one of the user's is code. */
function partOf<T>(config: LayerConfig, key: string, known: ReadonlyMap<unknown, T>, fallback: string): T {
  const raw = config.raw(key);
  const value = raw === undefined ? fallback : raw;
  if (known.has(value)) return known.get(value) as T;
  throw config.unsupported(
    `has ${key}=${shown(value)}, a function whose code is not in the file; known are ${[...known.keys()].map((name) => shown(name)).join(', ')}`,
  );
}

/** Widths of runs; `undefined` for words alone. */
function widthsOf(config: LayerConfig): readonly number[] | undefined {
  if (!config.has('ngrams')) return undefined;
  const raw = config.raw('ngrams');
  const widths = config.integers('ngrams');
  return typeof raw === 'number' ? Array.from({ length: raw }, (_, i) => i + 1) : widths;
}

function vectorized(call: LayerCall): KerasTensor {
  const { config } = call;
  const x = call.input();
  const standardize = partOf(config, 'standardize', STANDARDIZE, 'lower_and_strip_punctuation');
  const split = partOf(config, 'split', SPLITS, 'whitespace');
  const widths = widthsOf(config);
  // The layer looks words up as a StringLookup with the empty text as its mask does.
  const inner = overriding(call.layer, { mask_token: '', oov_token: '[UNK]', num_oov_indices: 1, invert: false });
  const table = tableOf({ ...call, layer: inner, config: inner.config }, 'string');
  if (split === undefined && widths === undefined && table.mode !== 'int')
    return rowVectors(call, x, table, (given) =>
      (tokensOf(given, 'string') as string[]).map((word) => table.indexOf(standardize(word))),
    );
  if (split !== undefined && x.rank === 2 && x.shape[1] !== 1)
    throw config.malformed(`splits texts of the shape ${shown(x.shape)}; it takes one text a row`);
  if (x.rank > 2) throw config.unsupported(`is called on a tensor of rank ${x.rank}; one text a row is done`);
  const rowsOf = (given: TensorLike): readonly (readonly string[])[] => {
    const texts = (tokensOf(given, 'string') as string[]).map(standardize);
    const width = split === undefined ? (given.shape[1] ?? 1) : 1;
    const rows = given.shape[0] ?? 1;
    return Array.from({ length: rows }, (_, i) => {
      const own = texts.slice(i * width, (i + 1) * width);
      const words = split === undefined ? own : own.flatMap(split);
      return widths === undefined ? words : ngrams(words, widths);
    });
  };
  const indicesOf = (given: TensorLike): readonly (readonly (number | undefined)[])[] =>
    rowsOf(given).map((words) => words.map((word) => table.indexOf(word)));
  const [batch = null] = x.shape;
  if (table.mode !== 'int') {
    const compute = (given: TensorLike): TensorLike => {
      const rows = indicesOf(given);
      return vectors(table, rows, [rows.length], 'float32');
    };
    return call.preStep(x, { dtype: 'float32', shape: [batch, table.depth], compute });
  }
  const length = config.has('output_sequence_length')
    ? config.integer('output_sequence_length', { least: 0 })
    : undefined;
  const compute = (given: TensorLike): TensorLike => {
    const rows = indicesOf(given);
    // Without a length, as many as the longest text of the batch has.
    const wide = length ?? rows.reduce((most, row) => Math.max(most, row.length), 0);
    const data = new BigInt64Array(rows.length * wide);
    for (const [i, row] of rows.entries())
      for (let j = 0; j < Math.min(row.length, wide); j++) data[i * wide + j] = BigInt(row[j] ?? 0);
    return { data, shape: [rows.length, wide], dtype: 'int64' };
  };
  return call.preStep(x, { dtype: 'int64', shape: [batch, length ?? null], compute });
}
