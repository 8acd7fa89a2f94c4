import { filled } from '../graph/filled.ts';
import { int } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../graph/arithmetic.ts';
import { cast } from '../graph/cast.ts';
import { type KerasShape, KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import { axisInChannelsFirst, axisOf } from './axis-functions.ts';
import { broadcastShape } from './broadcast-shape.ts';
import { dot } from './dot.ts';

/** Layers that make one tensor of several. */
export const MERGING_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ['Add', elementwise((m, values) => values.reduce((a, b) => m.add(a, b)))],
  ['Subtract', elementwise((m, values) => values.reduce((a, b) => m.sub(a, b)), 2)],
  ['Multiply', elementwise((m, values) => values.reduce((a, b) => m.mul(a, b)))],
  [
    'Average',
    elementwise((m, values) =>
      m.div(
        values.reduce((a, b) => m.add(a, b)),
        values.length,
      ),
    ),
  ],
  ['Maximum', elementwise((m, values) => m.op('Max', values))],
  ['Minimum', elementwise((m, values) => m.op('Min', values))],
  ['Concatenate', { masking: 'own', translate: concatenate }],
  ['Dot', { translate: dot }],
]);

function elementwise(combine: (m: Arithmetic, values: readonly Value[]) => Value, exactly?: number): LayerType {
  return {
    masking: 'own',
    translate(call) {
      const { g, config, inputs, dtype } = call;
      if (inputs.length < (exactly ?? 1) || (exactly !== undefined && inputs.length > exactly)) {
        throw config.malformed(`is called on ${inputs.length} tensors`);
      }
      const typed = inputs.map((tensor) => cast(g, tensor, dtype));
      const rank = Math.max(...typed.map((tensor) => tensor.rank));
      const shape = broadcastShape(
        typed.map((tensor) => grown(tensor.shape, rank)),
        config,
      );
      const m = new Arithmetic(g, dtype);
      const facts = { shape, dtype, mask: mergedMask(call) };
      // One form for all: the other one only where every tensor is at hand in it, or can be.
      if (typed.every((tensor) => tensor.rank === rank) && typed.some((tensor) => tensor.prefersChannelsFirst)) {
        return KerasTensor.channelsFirst(
          g,
          combine(
            m,
            typed.map((tensor) => tensor.channelsFirst()),
          ),
          facts,
        );
      }
      return KerasTensor.of(
        g,
        combine(
          m,
          typed.map((tensor) => valueOfRank(g, tensor, rank)),
        ),
        facts,
      );
    },
  };
}

/** Keras puts missing axes behind the batch, not before it. */
function grown(shape: KerasShape, rank: number): KerasShape {
  const [batch = null, ...rest] = shape;
  return [batch, ...filled(rank - shape.length, 1), ...rest];
}

function valueOfRank(g: GraphBuilder, tensor: KerasTensor, rank: number): Value {
  if (tensor.rank === rank) return tensor.plain();
  const axes = Array.from({ length: rank - tensor.rank }, (_, i) => i + 1);
  return g.op('Unsqueeze', [tensor.plain(), g.ints(axes)]);
}

/**
 * Keras 2: steps that every mask keeps, of those inputs that have one. Keras 3 changed between its
 * versions what becomes of different masks, and what Multiply, Maximum and Minimum give where a mask
 * hides a step; what all versions agree on is computed.
 */
function mergedMask({ g, inputs, layer, unsupported }: LayerCall): KerasTensor | undefined {
  const masks = inputs.map(({ mask }) => mask).filter((mask) => mask !== undefined);
  const [first, ...rest] = masks;
  if (first === undefined) return undefined;
  if (layer.generation === 3) {
    const same = masks.length === inputs.length && rest.every((mask) => mask.plain().name === first.plain().name);
    if (same && !MASK_DEPENDENT.has(layer.className)) return first;
    throw unsupported(
      'merges masked tensors in a way that versions of Keras 3 do differently; remove the mask before it',
    );
  }
  const { shape } = first;
  const value = rest.reduce((a, b) => g.op('And', [a, b.plain()], {}, { dtype: 'bool' }), first.plain());
  return KerasTensor.of(g, value, { shape, dtype: 'bool' });
}

/** Layers whose values depend on masks in newer versions of Keras 3. */
const MASK_DEPENDENT: ReadonlySet<string> = new Set(['Multiply', 'Maximum', 'Minimum']);

function concatenate(call: LayerCall): KerasTensor {
  const { g, config, inputs, dtype } = call;
  const [first] = inputs;
  if (first === undefined) throw config.malformed('is called on no tensor');
  const { rank } = first;
  const axis = axisOf(config.integer('axis', { fallback: -1 }), rank);
  if (axis < 0 || axis >= rank) throw config.mistyped('axis', `an axis of a tensor of rank ${rank}`);
  const same = inputs.every((tensor) => tensor.dtype === first.dtype);
  const typed = same ? inputs : inputs.map((tensor) => cast(g, tensor, dtype));
  if (typed.some((tensor) => tensor.rank !== rank)) throw config.malformed('joins tensors of different ranks');
  const shape = first.shape.map((extent, i) => {
    const extents = typed.map((tensor) => tensor.shape[i] ?? null);
    if (i !== axis) return extents.find((n) => n !== null) ?? extent;
    return extents.includes(null) ? null : extents.reduce<number>((sum, n) => sum + (n ?? 0), 0);
  });
  const facts = { shape, dtype: (typed[0] as KerasTensor).dtype, mask: joinedMask(call, axis) };
  if (rank > 2 && typed.some((tensor) => tensor.prefersChannelsFirst)) {
    const values = typed.map((tensor) => tensor.channelsFirst());
    return KerasTensor.channelsFirst(g, g.op('Concat', values, { axis: int(axisInChannelsFirst(axis, rank)) }), facts);
  }
  return KerasTensor.of(
    g,
    g.op(
      'Concat',
      typed.map((tensor) => tensor.plain()),
      { axis: int(axis) },
    ),
    facts,
  );
}

/** A step counts if it counts in every part: masks are joined like the tensors, an input without one counts everywhere. */
function joinedMask({ g, inputs }: LayerCall, axis: number): KerasTensor | undefined {
  if (inputs.every(({ mask }) => mask === undefined)) return undefined;
  const rank = Math.max(...inputs.map((tensor) => tensor.rank));
  const whole = inputs.map((tensor) => {
    const { mask } = tensor;
    const shape = g.op('Shape', [tensor.plain()], {}, { dtype: 'int64' });
    if (mask === undefined) return g.op('Expand', [g.scalar(true, 'bool'), shape], {}, { dtype: 'bool' });
    const value =
      mask.rank < rank ? g.op('Unsqueeze', [mask.plain(), g.ints([-1])], {}, { dtype: 'bool' }) : mask.plain();
    return g.op('Expand', [value, shape], {}, { dtype: 'bool' });
  });
  const joined = g.op('Concat', whole, { axis: int(axis) }, { dtype: 'bool' });
  const numbers = g.op('Cast', [joined], { to: int(6) }, { dtype: 'int32' });
  const least = g.op('ReduceMin', [numbers, g.ints([-1])], { keepdims: int(0) }, { dtype: 'int32' });
  const value = g.op('Cast', [least], { to: int(9) }, { dtype: 'bool' });
  const [batch = null, steps = null] = (inputs[0] as KerasTensor).shape;
  const extents = inputs.map((tensor) => tensor.shape[1] ?? null);
  const total = extents.includes(null) ? null : extents.reduce<number>((sum, n) => sum + (n ?? 0), 0);
  return KerasTensor.of(g, value, { shape: axis === 1 ? [batch, total] : [batch, steps], dtype: 'bool' });
}
