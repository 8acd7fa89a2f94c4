import { Arithmetic } from '../graph/arithmetic.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import { applyActivation, layerActivation, readActivation } from './activation.ts';
import { int } from '../../onnx/builder/attributes.ts';

/** Layers that are an activation: `Activation`, `ReLU`, `LeakyReLU`, `ELU`, `ThresholdedReLU`, `PReLU`, `Softmax`. */
export const ACTIVATION_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  [
    'Activation',
    {
      masking: 'pass',
      check: ({ config, generation }) => void readActivation(config, 'activation', generation),
      translate: ({ g, config, layer, input }) =>
        applyActivation(g, input(), readActivation(config, 'activation', layer.generation)),
    },
  ],
  ...['ReLU', 'LeakyReLU', 'ELU', 'ThresholdedReLU'].map(
    (name) => [name, { masking: 'pass', translate: fixed }] as const,
  ),
  ['Softmax', { masking: 'pass', translate: softmax }],
  ['PReLU', { masking: 'pass', weights: () => [{ name: 'alpha' }], translate: prelu }],
]);

function fixed({ g, config, layer, input }: LayerCall): KerasTensor {
  const found = layerActivation(layer.className, (key) => config.raw(key));
  if (found === undefined) throw config.malformed('is no activation');
  const [name, parameters] = found;
  return applyActivation(g, input(), { name, parameters, generation: layer.generation });
}

/** A mask takes part: what it hides gets a score so low that nothing is left of it. */
function softmax({ g, config, layer, input, args, unsupported }: LayerCall): KerasTensor {
  const x = input();
  const axes = config.has('axis') ? config.integers('axis') : [-1];
  const [axis] = axes;
  if (axis === undefined || axes.length > 1) return jointSoftmax(g, x, axes);
  const name = 'softmax';
  const mask = args.tensor('mask', 0) ?? x.mask;
  if (mask === undefined) return applyActivation(g, x, { name, parameters: { axis }, generation: layer.generation });
  if (mask.rank !== x.rank) throw unsupported('gets a mask of another rank than its input');
  const m = new Arithmetic(g, x.dtype);
  const facts = { shape: x.shape, dtype: x.dtype };
  // Keras 2 adds the low score, Keras 3 puts it in place and clears what was hidden afterwards.
  if (layer.generation === 2) {
    const kept = g.op('Cast', [mask.plain()], { to: int(1) }, { dtype: 'float32' });
    const low = m.mul(m.sub(1, kept), -1e9);
    return applyActivation(g, KerasTensor.of(g, m.add(x.plain(), low), facts), {
      name,
      parameters: { axis },
      generation: 2,
    });
  }
  const hidden = KerasTensor.of(g, m.where(mask.plain(), x.plain(), LARGE_NEGATIVE), facts);
  const soft = applyActivation(g, hidden, { name, parameters: { axis }, generation: 3 });
  return KerasTensor.of(g, m.where(mask.plain(), soft.plain(), 0), facts);
}

/** `_large_negative_number` of Keras 3 for float32. */
const LARGE_NEGATIVE = -1e9;

function jointSoftmax(g: LayerCall['g'], x: KerasTensor, axes: readonly number[]): KerasTensor {
  const value = x.plain();
  const sum = g.op('ReduceLogSumExp', [value, g.ints(axes)], { keepdims: int(1) });
  const result = g.op('Exp', [g.op('Sub', [value, sum])]);
  return KerasTensor.of(g, result, { shape: x.shape, dtype: x.dtype });
}

function prelu({ g, config, input, weights }: LayerCall): KerasTensor {
  const x = input();
  const shared = config.has('shared_axes') ? config.integers('shared_axes') : [];
  const shape = x.shape.slice(1).map((extent, i) => (shared.includes(i + 1) ? 1 : extent));
  const alpha = weights.get('alpha', shape);
  const m = new Arithmetic(g, x.dtype);
  const value = x.plain();
  const negative = m.mul(g.constant(alpha, 'alpha'), m.op('Relu', [m.op('Neg', [value])]));
  return KerasTensor.of(g, m.sub(m.op('Relu', [value]), negative), { shape: x.shape, dtype: x.dtype });
}

/** A check for layers that have an activation under the key `activation`. */
export function checkActivation({ config, generation }: KerasLayer): void {
  readActivation(config, 'activation', generation);
}
