import { KerasTensor } from '../graph/keras-tensor.ts';
import { cast } from '../graph/cast.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import type { WeightSpec } from '../model/weight-spec.ts';
import { applyActivation, readActivation } from './activation.ts';

/** `Dense`, for inputs of any rank. */
export const DENSE_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ['Dense', { masking: 'pass', weights: kernelAndBias, check: checkDense, translate: dense }],
]);

/** `kernel`, and `bias` where `use_bias` says so. */
export function kernelAndBias({ config }: KerasLayer): readonly WeightSpec[] {
  return [{ name: 'kernel' }, ...(config.boolean('use_bias', true) ? [{ name: 'bias' }] : [])];
}

function checkDense({ config, generation }: KerasLayer): void {
  config.integer('units', { least: 1 });
  readActivation(config, 'activation', generation);
  config.refuseUnless('lora_rank', [], 'low-rank weights are not added here; merge them before saving');
  config.refuseUnless('quantization_mode', [], 'quantized weights are not read; save the model before quantizing it');
}

function dense(call: LayerCall): KerasTensor {
  const { g, config, layer, weights, dtype } = call;
  const x = cast(g, call.input(), dtype);
  const units = config.integer('units', { least: 1 });
  const last = x.shape.at(-1) ?? null;
  if (x.rank < 2) throw config.malformed('is called on a tensor without features');
  const kernel = g.constant(weights.get('kernel', [last, units]), 'kernel');
  const bias = config.boolean('use_bias', true) ? g.constant(weights.get('bias', [units]), 'bias') : undefined;
  const shape = [...x.shape.slice(0, -1), units];
  let value;
  if (x.rank === 2) {
    value =
      bias === undefined
        ? g.op('MatMul', [x.plain(), kernel], {}, { dtype })
        : g.op('Gemm', [x.plain(), kernel, bias], {}, { dtype });
  } else {
    value = g.op('MatMul', [x.plain(), kernel], {}, { dtype });
    if (bias !== undefined) value = g.op('Add', [value, bias], {}, { dtype });
  }
  return applyActivation(
    g,
    KerasTensor.of(g, value, { shape, dtype }),
    readActivation(config, 'activation', layer.generation),
  );
}
