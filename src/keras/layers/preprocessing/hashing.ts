import { InputError } from '../../../errors/input-error.ts';
import type { TensorLike } from '../../../spec/tensor.ts';
import type { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import { farmHash64 } from '../../text/farm-hash.ts';
import { sipHash64 } from '../../text/sip-hash.ts';
import { checkDepth, outputMode } from './category-encoding.ts';
import { hashKey, type LookupTable, type Token } from './lookup-table.ts';
import { rowVectors } from './row-vectors.ts';
import { tokensOf } from './tokens.ts';

const MODES = ['int', 'one_hot', 'multi_hot', 'count'] as const;

/** `Hashing`: texts, and numbers as texts, in a fixed number of bins. */
export function hashingLayer(limits: string): LayerType {
  return {
    keepsTypes: true,
    limits,
    check: ({ config }) => {
      config.integer('num_bins', { least: 1 });
      if (outputMode(config, MODES, 'int') !== 'int') checkDepth(config, config.integer('num_bins'));
      config.refuseUnless('sparse', [false], 'only dense outputs are made');
      hashKey(config);
    },
    translate: hashed,
  };
}

function hashed(call: LayerCall): KerasTensor {
  const { config } = call;
  const x = call.input();
  const bins = config.integer('num_bins', { least: 1 });
  const kind = x.dtype === 'string' ? 'string' : 'integer';
  const masked = config.has('mask_value') && bins > 1;
  const buckets = BigInt(masked ? bins - 1 : bins);
  const key = hashKey(config);
  const raw = config.raw('mask_value');
  const binOf = (token: Token): number => {
    const bytes = Buffer.from(String(token), 'utf8');
    const bin = Number((key === undefined ? farmHash64(bytes) : sipHash64(bytes, key)) % buckets);
    return masked ? bin + 1 : bin;
  };
  const binsOf = (given: TensorLike): readonly number[] => {
    // The mask is looked for among the values as they are fed.
    const values = given.data as ArrayLike<unknown>;
    if (kind === 'string' && given.dtype !== 'string')
      throw new InputError('ML_INPUT_DTYPE', `this input takes texts, got ${given.dtype}`);
    return tokensOf(given, kind).map((token, i) => (masked && isMask(values[i], raw) ? 0 : binOf(token)));
  };
  const mode = outputMode(config, MODES, 'int');
  if (mode !== 'int') {
    const table: LookupTable = { mode, depth: bins, indexOf: binOf, tokenOf: () => '', weights: undefined };
    return rowVectors(call, x, table, binsOf);
  }
  const compute = (given: TensorLike): TensorLike => ({
    dtype: 'int64',
    shape: given.shape,
    data: BigInt64Array.from(binsOf(given), BigInt),
  });
  return call.preStep(x, { dtype: 'int64', shape: x.shape, compute });
}

function isMask(value: unknown, mask: unknown): boolean {
  return typeof value === 'bigint' ? Number(value) === mask : value === mask;
}
