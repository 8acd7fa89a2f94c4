import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import { cast, where, compare } from './arithmetic.ts';

/** An index that no dimension reaches. */
const NOWHERE = 2n ** 62n;

/**
 * Indices for operators that count from the end for negative ones, where PyTorch raises: negative
 * ones become too large, so that the run fails.
 */
export function nonNegative(g: GraphBuilder, indices: Value): Value {
  const wide = cast(g, indices, 'int64');
  const negative = compare(g, 'Less', wide, g.scalar(0, 'int64'));
  return where(g, negative, g.scalar(NOWHERE, 'int64'), wide);
}
