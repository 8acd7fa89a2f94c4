import type { DType } from '../../spec/tensor.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import { shown } from '../model/layer-config.ts';
import { dtypeName } from '../read/input-layer.ts';

const PLAIN: ReadonlySet<string> = new Set<DType>([
  'float64',
  'float32',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint64',
  'uint32',
  'uint16',
  'uint8',
  'bool',
  'string',
]);

/**
 * The type that a layer computes in, from its dtype policy. Keras's default is float32.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for half precision (its rounding is the framework's own) and quantized layers
 */
export function computeType({ config }: KerasLayer): DType {
  const raw = config.raw('dtype');
  const name = dtypeName(raw) ?? (raw === undefined || raw === null ? 'float32' : shown(raw));
  if (PLAIN.has(name)) return name as DType;
  throw config.unsupported(
    /float16/.test(name)
      ? `computes in ${name}: its rounding depends on the machine that the framework runs on; build the model again with the policy "float32", set its weights and save it`
      : `has the dtype ${name}, which is not computed here; save the model with the policy "float32"`,
  );
}

/** Whether a type is a floating-point one. */
export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16' || dtype === 'bfloat16';
}

/** A type as Keras spells it, in the library's names. */
export function dtypeOf(name: string): DType | undefined {
  return PLAIN.has(name) ? (name as DType) : undefined;
}
