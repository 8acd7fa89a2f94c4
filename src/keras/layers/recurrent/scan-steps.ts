import { int, ints } from '../../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import type { KerasShape } from '../../graph/keras-tensor.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import type { RecurrentCell } from './recurrent-cell.ts';
import { flipped, outputMask, type Recurred, type Recurrence, zeroState } from './recurrence.ts';

/** Runs a cell step by step, by ONNX's Scan: for cells that no operator of ONNX computes. */
export function runScan(
  g: GraphBuilder,
  cell: RecurrentCell,
  recurrence: Recurrence,
  /** Extents of the input behind batch and time. */
  features: KerasShape,
): Recurred {
  const { input, dtype, mask, initial, backwards, sequences, zeroOutput } = recurrence;
  const starts = cell.states.map((extents, i) => initial?.[i] ?? zeroState(g, input, extents, dtype));
  // The last output is carried along, for steps that repeat it.
  const carried = [...starts, zeroState(g, input, cell.output, dtype)];
  const extents = [...cell.states, cell.output];
  const body = g.subgraph('step', (inner) => {
    const states = extents.map((shape) => inner.input(inner.name('state'), { dtype, shape: [null, ...shape] }));
    const slice = inner.input(inner.name('input'), { dtype, shape: [null, ...features] });
    const counts = mask === undefined ? undefined : inner.input(inner.name('counts'), { dtype: 'bool', shape: [null] });
    const before = states.at(-1) as Value;
    const step = cell.step(inner, slice, states.slice(0, -1));
    const next =
      counts === undefined
        ? [...step.states, step.output]
        : [...step.states, step.output].map((value, i) =>
            kept(inner, { counts, value, old: states[i] as Value, extents: extents[i] as KerasShape }),
          );
    for (const [i, value] of next.entries())
      inner.output({ ...value, dtype, shape: [null, ...(extents[i] as KerasShape)] }, 'next');
    if (sequences) inner.output({ ...(next.at(-1) as Value), dtype, shape: before.shape }, 'step');
  });
  const known = { dtype, shape: undefined };
  const scanned =
    mask === undefined
      ? [timeFirst(g, input, features.length + 2)]
      : [timeFirst(g, input, features.length + 2), timeFirst(g, mask, 2)];
  const results = g.node('Scan', {
    inputs: [...carried, ...scanned],
    attributes: {
      body,
      num_scan_inputs: int(scanned.length),
      scan_input_directions: ints(scanned.map(() => (backwards ? 1 : 0))),
    },
    outputs: [...carried.map(() => known), ...(sequences ? [known] : [])],
  });
  const states = results.slice(0, cell.states.length);
  const m = new Arithmetic(g, dtype);
  if (!sequences) {
    const last = results[cell.states.length] as Value;
    if (mask === undefined || !zeroOutput) return { output: last, states };
    const end = backwards ? flipped(g, mask) : mask;
    const counted = g.op('Slice', [end, g.ints([-1]), g.ints([2n ** 62n]), g.ints([1])], {}, { dtype: 'bool' });
    return { output: m.where(grown(g, counted, cell.output.length - 1), last, 0), states };
  }
  const output = timeFirst(g, results.at(-1) as Value, cell.output.length + 2);
  const shown = zeroOutput ? outputMask(g, recurrence) : undefined;
  return { output: shown === undefined ? output : m.where(grown(g, shown, cell.output.length), output, 0), states };
}

/** The new value where the step counts, else the old one. */
function kept(
  g: GraphBuilder,
  {
    counts,
    value,
    old,
    extents,
  }: { readonly counts: Value; readonly value: Value; readonly old: Value; readonly extents: KerasShape },
): Value {
  return new Arithmetic(g, value.dtype).where(grown(g, counts, extents.length), value, old);
}

/** With more axes at the end. */
function grown(g: GraphBuilder, value: Value, count: number): Value {
  if (count === 0) return value;
  return g.op('Unsqueeze', [value, g.ints(Array.from({ length: count }, (_, i) => -1 - i))]);
}

/** Batch and time changed places. */
function timeFirst(g: GraphBuilder, value: Value, rank: number): Value {
  return g.op('Transpose', [value], { perm: ints([1, 0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2)]) });
}
