import { int } from '../../../onnx/builder/attributes.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import { cast } from '../../graph/cast.ts';
import { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import type { LayerConfig } from '../../model/layer-config.ts';
import { encoded, outputMode } from './category-encoding.ts';

const MODES = ['int', 'one_hot', 'multi_hot', 'count'] as const;

/** `Discretization`: which of the intervals between boundaries a number is in. */
export const DISCRETIZATION: LayerType = {
  keepsTypes: true,
  limits: 'sparse outputs are refused',
  check: ({ config }) => {
    boundariesOf(config);
    outputMode(config, MODES, 'int');
    config.refuseUnless('sparse', [false], 'only dense outputs are made');
  },
  translate: discretize,
};

function boundariesOf(config: LayerConfig): readonly number[] {
  const value = config.raw('bin_boundaries') ?? config.raw('bins');
  if (value === null || value === undefined)
    throw config.unsupported(
      'has no bin_boundaries: boundaries that adapt() learned are not in the file of Keras 2; give them as bin_boundaries',
    );
  if (!Array.isArray(value) || !value.every((n) => typeof n === 'number'))
    throw config.mistyped('bin_boundaries', 'a list of numbers');
  return value;
}

function discretize(call: LayerCall): KerasTensor {
  const { g, config, layer } = call;
  const given = call.input();
  const x = given.dtype === 'float64' ? given : cast(g, given, 'float32');
  const boundaries = Float32Array.from(boundariesOf(config));
  const count = boundaries.length;
  const m = new Arithmetic(g, x.dtype);
  const bounds = cast(
    g,
    KerasTensor.of(g, g.constant({ data: boundaries, shape: [count], dtype: 'float32' }), {
      shape: [count],
      dtype: 'float32',
    }),
    x.dtype,
  );
  // NaN is below no boundary, and so is in the last interval.
  const below = m.compare('Less', g.op('Unsqueeze', [x.plain(), g.ints([-1])]), bounds.plain());
  const numbers = g.op('Cast', [below], { to: int(7) }, { dtype: 'int64' });
  const sum = g.op('ReduceSum', [numbers, g.ints([-1])], { keepdims: int(0) });
  const index = g.op('Sub', [g.scalar(count, 'int64'), sum], {}, { dtype: 'int64' });
  const indices = KerasTensor.of(g, index, { shape: x.shape, dtype: 'int64' });
  const mode = outputMode(config, MODES, 'int');
  if (mode === 'int') return layer.generation === 3 ? cast(g, indices, 'int32') : indices;
  return encoded(call, indices, { mode, depth: count + 1, dtype: call.dtype });
}
