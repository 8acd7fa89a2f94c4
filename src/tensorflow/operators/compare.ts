import { foldPairs } from '../fold.ts';
import type { OpCall, Operator, OperatorTable } from '../op-call.ts';
import { broadcast } from '../shapes.ts';
import type { Element, TfTensor } from '../tf-tensor.ts';

/** Integers that the engine does not compare. */
const NARROW = /^(u?int(8|16)|uint32)$/;

function comparable(call: OpCall, tensor: TfTensor): TfTensor {
  return NARROW.test(tensor.dtype) ? call.cast(tensor, 'int64') : tensor;
}

interface Comparison {
  readonly opType: string;
  readonly negated?: boolean;
  readonly holds: (x: number | boolean, y: number | boolean) => boolean;
}

function comparison({ opType, negated = false, holds }: Comparison): Operator {
  return (call) => {
    const [a, b] = [call.tensor(0), call.tensor(1)];
    const shape = broadcast(a.shape, b.shape);
    const content = foldPairs(a, b, (x, y): Element => {
      if (typeof x === 'string' && x === y) return holds(1, 1);
      return known(x) && known(y) ? holds(x, y) : null;
    });
    return call.later({ dtype: 'bool', shape, content }, [a, b], () => {
      const result = call.write(opType, [comparable(call, a), comparable(call, b)], { dtype: 'bool', shape });
      return (negated ? call.write('Not', [result], { shape }) : result).value;
    });
  };
}

const known = (x: Element): x is number | boolean => typeof x === 'number' || typeof x === 'boolean';

function logic(opType: string, decide: (x: Element, y: Element) => Element): Operator {
  return (call) => {
    const [a, b] = [call.tensor(0), call.tensor(1)];
    const shape = broadcast(a.shape, b.shape);
    return call.later(
      { dtype: 'bool', shape, content: foldPairs(a, b, decide) },
      [a, b],
      () => call.write(opType, [a, b], { dtype: 'bool', shape }).value,
    );
  };
}

function select(call: OpCall, condition: TfTensor): TfTensor {
  const [yes, no] = [call.tensor(1), call.tensor(2)];
  const shape = broadcast(condition.shape, broadcast(yes.shape, no.shape));
  const way = condition.content?.length === 1 ? condition.content[0] : undefined;
  const chosen = way === true ? yes : way === false ? no : undefined;
  if (chosen !== undefined && chosen.content !== undefined && chosen.rank === shape?.length) return chosen;
  // The engine chooses among few types.
  if (/^(u?int(8|16)|uint32|bool)$/.test(yes.dtype) && yes.dtype !== 'uint8') {
    const wide = call.write('Where', [condition, call.cast(yes, 'int64'), call.cast(no, 'int64')], {
      dtype: 'int64',
      shape,
    });
    return call.cast(wide, yes.dtype);
  }
  return call.write('Where', [condition, yes, no], { dtype: yes.dtype, shape });
}

export const compareOperators: OperatorTable = {
  Less: comparison({ opType: 'Less', holds: (x, y) => x < y }),
  LessEqual: comparison({ opType: 'LessOrEqual', holds: (x, y) => x <= y }),
  Greater: comparison({ opType: 'Greater', holds: (x, y) => x > y }),
  GreaterEqual: comparison({ opType: 'GreaterOrEqual', holds: (x, y) => x >= y }),
  Equal: comparison({ opType: 'Equal', holds: (x, y) => x === y }),
  NotEqual: comparison({ opType: 'Equal', negated: true, holds: (x, y) => x !== y }),
  LogicalAnd: logic('And', (x, y) => (x === false || y === false ? false : x === true && y === true ? true : null)),
  LogicalOr: logic('Or', (x, y) => (x === true || y === true ? true : x === false && y === false ? false : null)),
  /** The condition is one truth value, or one per row of the others. */
  Select(call) {
    const condition = call.tensor(0);
    const { rank } = call.tensor(1);
    if (condition.rank !== 1 || rank === 1) return select(call, condition);
    if (rank === undefined) throw call.unsupported('chooses rows of tensors of an open number of dimensions');
    const axes = Array.from({ length: rank - 1 }, (_, i) => i + 1);
    const shape = [...(condition.shape ?? [null]), ...axes.map(() => 1)];
    return select(call, call.write('Unsqueeze', [condition, call.ints(axes)], { shape }));
  },
  SelectV2: (call) => select(call, call.tensor(0)),
  Where(call) {
    const x = call.tensor(0);
    const found = call.write('NonZero', [x], { dtype: 'int64', shape: [x.rank ?? null, null] });
    return call.transpose(found, [1, 0]);
  },
};
