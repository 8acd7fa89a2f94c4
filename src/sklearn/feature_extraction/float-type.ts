import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';

/** Whether a `dtype` setting (a numpy class, a dtype or its name) is float32. */
export function isFloat32(dtype: PyValue | undefined): boolean {
  if (typeof dtype === 'string') return dtype === 'float32' || dtype === 'f4';
  if (!isNode(dtype)) return false;
  return (dtype.kind === 'global' && dtype.name === 'float32') || (dtype.kind === 'dtype' && dtype.name === 'f4');
}
