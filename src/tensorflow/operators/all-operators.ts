import type { Operator, OperatorTable } from '../op-call.ts';
import { binaryOperators } from './binary.ts';
import { castOperators } from './cast.ts';
import { compareOperators } from './compare.ts';
import { convOperators } from './conv.ts';
import { fillOperators } from './fill.ts';
import { fusedOperators } from './fused.ts';
import { gatherOperators } from './gather.ts';
import { joinOperators } from './join.ts';
import { listOperators } from './lists.ts';
import { matmulOperators } from './matmul.ts';
import { normaliseOperators } from './normalise.ts';
import { orderOperators } from './order.ts';
import { padOperators } from './pad.ts';
import { poolOperators } from './pool.ts';
import { reduceOperators } from './reduce.ts';
import { resizeOperators } from './resize.ts';
import { shapeOperators } from './shape.ts';
import { sliceOperators } from './slice.ts';
import { spaceOperators } from './space.ts';
import { tableOperators } from './tables.ts';
import { unaryOperators } from './unary.ts';
import { variableOperators } from './variables.ts';

/** Operators by family, as the documentation lists them. */
export const OPERATOR_FAMILIES: Readonly<Record<string, OperatorTable>> = {
  'Functions of each element': unaryOperators,
  Arithmetic: binaryOperators,
  'Comparisons and choice': compareOperators,
  Types: castOperators,
  'Matrix products': matmulOperators,
  Convolution: convOperators,
  Pooling: poolOperators,
  'Normalization, softmax': normaliseOperators,
  'Reductions, arguments of extremes': reduceOperators,
  Shapes: shapeOperators,
  'Joining and splitting': joinOperators,
  'Constants and filling': fillOperators,
  Slices: sliceOperators,
  'Look-up by index': gatherOperators,
  Padding: padOperators,
  'Space, depth and batch': spaceOperators,
  'Image sizes': resizeOperators,
  'Order, ranks': orderOperators,
  'Joined by the optimizer': fusedOperators,
  'Lists of tensors (recurrent layers)': listOperators,
  Variables: variableOperators,
  'Tables of keys': tableOperators,
};

/** Operators that compute nothing with the elements of a tensor: they move, repeat, compare or retype them. */
export const MOVING_OPERATORS: ReadonlySet<string> = new Set([
  ...[
    castOperators,
    shapeOperators,
    joinOperators,
    fillOperators,
    sliceOperators,
    gatherOperators,
    padOperators,
    listOperators,
    variableOperators,
    spaceOperators,
  ].flatMap((table) => Object.keys(table)),
  'Const',
  'Identity',
  'IdentityN',
  'StopGradient',
  'PreventGradient',
  'Snapshot',
  'PlaceholderWithDefault',
  'EnsureShape',
]);

/** Every operator that is translated by itself. */
export const ALL_OPERATORS: ReadonlyMap<string, Operator> = new Map(
  Object.values(OPERATOR_FAMILIES).flatMap((table) => Object.entries(table)),
);
