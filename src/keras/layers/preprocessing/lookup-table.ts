import { InputError } from '../../../errors/input-error.ts';
import type { KerasLayer } from '../../model/keras-layer.ts';
import type { LayerConfig } from '../../model/layer-config.ts';
import { shown } from '../../model/layer-config.ts';
import { filled } from '../../graph/filled.ts';
import { checkDepth, outputMode, type OutputMode } from './category-encoding.ts';
import { farmHash64 } from '../../text/farm-hash.ts';
import { sipHash64 } from '../../text/sip-hash.ts';

/** A word or a whole number, as the vocabulary has it. */
export type Token = string | bigint;

/** The table of `StringLookup`, `IntegerLookup` and `TextVectorization`. */
export interface LookupTable {
  readonly mode: OutputMode;
  /** Places of a vector; known words and those that stand for unknown ones. */
  readonly depth: number;
  /** The index of a token; `undefined` where it is left out of vectors. */
  readonly indexOf: (token: Token) => number | undefined;
  /** The token of an index, for tables that are inverted. */
  readonly tokenOf: (index: bigint) => Token;
  /** Per place of a vector, for `tf_idf`. */
  readonly weights: Float32Array | undefined;
}

export const LOOKUP_MODES: readonly OutputMode[] = ['int', 'one_hot', 'multi_hot', 'count', 'tf_idf'];

/**
 * @param vocabulary with or without the special tokens
 * @param idf weights of `tf_idf`, of the vocabulary
 */
export function lookupTable(
  layer: KerasLayer,
  {
    vocabulary,
    idf,
    kind,
  }: {
    readonly vocabulary: readonly Token[];
    readonly idf: readonly number[] | undefined;
    readonly kind: 'string' | 'integer';
  },
): LookupTable {
  const { config } = layer;
  const mode = outputMode(config, LOOKUP_MODES, 'int');
  const maskToken = specialToken(config, 'mask_token', kind);
  const oovToken = specialToken(config, 'oov_token', kind) ?? (kind === 'string' ? '[UNK]' : -1n);
  const unknown = config.integer('num_oov_indices', { least: 0, fallback: 1 });
  const start = maskToken !== undefined && mode === 'int' ? 1 : 0;
  const first = start + unknown;
  const found =
    vocabulary.length >= first &&
    vocabulary.slice(0, first).every((token, i) => token === (i < start ? maskToken : oovToken));
  const tokens = found ? vocabulary.slice(first) : vocabulary;
  const known = new Map(tokens.map((token, i) => [token, first + i] as const));
  const size = first + tokens.length;
  const most = config.has('max_tokens') ? config.integer('max_tokens') : undefined;
  const depth = config.boolean('pad_to_max_tokens', false) && most !== undefined ? most : size;
  if (mode !== 'int') checkDepth(config, depth);
  const bucket = unknown > 1 ? bucketOf(config, unknown) : undefined;
  return {
    mode,
    depth,
    indexOf(token) {
      if (maskToken !== undefined && token === maskToken) return mode === 'int' ? 0 : undefined;
      const index = known.get(token);
      if (index !== undefined) return index;
      if (unknown === 0) throw outOfVocabulary(config, token);
      return start + (bucket?.(token) ?? 0);
    },
    tokenOf(index) {
      if (start > 0 && index === 0n) return maskToken as Token;
      const at = Number(index) - first;
      return at >= 0 && at < tokens.length ? (tokens[at] as Token) : oovToken;
    },
    weights: mode === 'tf_idf' ? idfWeights(config, idf, { found, first, depth, padded: depth !== size }) : undefined,
  };
}

function specialToken(config: LayerConfig, key: string, kind: 'string' | 'integer'): Token | undefined {
  const value = config.raw(key);
  if (value === null || value === undefined) return undefined;
  return tokenOf(value, kind, () => config.mistyped(key, kind === 'string' ? 'a text' : 'a whole number'));
}

/** A token of the file. */
export function tokenOf(value: unknown, kind: 'string' | 'integer', mistyped: () => Error): Token {
  if (kind === 'string' && typeof value === 'string') return value;
  if (kind === 'integer' && Number.isSafeInteger(value)) return BigInt(value as number);
  if (kind === 'integer' && typeof value === 'bigint') return value;
  throw mistyped();
}

/** Which of several places an unknown token goes to. */
function bucketOf(config: LayerConfig, count: number): (token: Token) => number {
  const buckets = BigInt(count);
  const key = hashKey(config);
  const plain = config.raw('oov_method') !== 'farmhash';
  return (token) => {
    if (typeof token === 'bigint' && plain) return Number(((token % buckets) + buckets) % buckets);
    const bytes = Buffer.from(String(token), 'utf8');
    return Number((key === undefined ? farmHash64(bytes) : sipHash64(bytes, key)) % buckets);
  };
}

/** The key of a strong hash: two numbers, or one for both; `undefined` for the fast one. */
export function hashKey(config: LayerConfig): readonly [bigint, bigint] | undefined {
  if (!config.has('salt')) return undefined;
  const [a, b = a] = config.integers('salt');
  return [BigInt.asUintN(64, BigInt(a as number)), BigInt.asUintN(64, BigInt(b as number))];
}

function outOfVocabulary(config: LayerConfig, token: Token): InputError {
  return new InputError(
    'ML_INPUT_INVALID',
    `${config.subject} does not know ${shown(String(token))}, and was built with num_oov_indices=0: every input must be in its vocabulary`,
    { details: { token: String(token) } },
  );
}

function idfWeights(
  config: LayerConfig,
  idf: readonly number[] | undefined,
  {
    found,
    first,
    depth,
    padded,
  }: { readonly found: boolean; readonly first: number; readonly depth: number; readonly padded: boolean },
): Float32Array {
  if (idf === undefined) throw config.malformed('has output_mode="tf_idf" and no idf_weights');
  const average = idf.reduce((sum, n) => sum + n, 0) / idf.length;
  const front = found ? [] : filled(first, average);
  const all = [...front, ...idf];
  // Places that were kept free have no weight.
  const back = padded ? filled(Math.max(depth - all.length, 0), 0) : [];
  const weights = Float32Array.from([...all, ...back]);
  if (weights.length !== depth) throw config.malformed(`has ${weights.length} idf_weights for ${depth} tokens`);
  return weights;
}
