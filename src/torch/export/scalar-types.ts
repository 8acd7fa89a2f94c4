import { dtypeOf, type TorchDType } from '../graph/dtypes.ts';
import { unsupportedExport } from './export-problem.ts';
import type { JsonNode } from './json-node.ts';

/** The format's own numbers of element types (`torch/_export/serde/schema.py`), by PyTorch's names. */
const TYPES = new Map([
  [1, 'uint8'],
  [2, 'int8'],
  [3, 'int16'],
  [4, 'int32'],
  [5, 'int64'],
  [6, 'float16'],
  [7, 'float32'],
  [8, 'float64'],
  [9, 'complex32'],
  [10, 'complex64'],
  [11, 'complex128'],
  [12, 'bool'],
  [13, 'bfloat16'],
  [28, 'uint16'],
  [29, 'float8_e4m3fn'],
  [30, 'float8_e5m2'],
  [31, 'float8_e4m3fnuz'],
  [32, 'float8_e5m2fnuz'],
  [33, 'float8_e8m0fnu'],
  [34, 'uint32'],
  [35, 'uint64'],
]);

/** PyTorch's name of an element type. */
export function scalarTypeName(node: JsonNode): string {
  return TYPES.get(node.int()) ?? node.fail('is no known element type');
}

/** @throws `ML_FORMAT_UNSUPPORTED` for an element type that has no tensor here */
export function scalarType(node: JsonNode): TorchDType {
  const name = scalarTypeName(node);
  const dtype = dtypeOf(name);
  if (dtype === undefined || dtype.startsWith('complex')) {
    throw unsupportedExport(`${node.path}: tensors of ${name} are not supported`, { dtype: name });
  }
  return dtype;
}
