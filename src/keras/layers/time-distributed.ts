import { int } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import { cast } from '../graph/cast.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import { extentOf, shapeOf } from '../graph/reshape.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import { nestedSpecs } from '../model/weight-spec.ts';
import { specsOf } from '../weights/flat-specs.ts';

/** `TimeDistributed`: a layer or model on every step, as if the steps were rows of the batch. */
export function timeDistributed(types: () => ReadonlyMap<string, LayerType>): LayerType {
  const inner = ({ inner: wrapped, config }: KerasLayer): KerasLayer => {
    const found = wrapped.get('layer');
    if (found === undefined) throw config.malformed('wraps no layer');
    return found;
  };
  return {
    masking: 'own',
    keepsTypes: true,
    wraps: ['layer'],
    weights: (layer) => nestedSpecs(specsOf(inner(layer), types()), { name: 'layer', owner: ['layer'] }),
    translate: (call) => everyStep(call, inner(call.layer)),
  };
}

function everyStep(call: LayerCall, inner: KerasLayer): readonly KerasTensor[] {
  const { g, layer, args, config, unsupported } = call;
  if (args.training)
    throw unsupported('is called with training=True, which may make its output random; build the model without it');
  const x = call.input();
  const given = args.tensor('mask', 1) ?? x.mask;
  const mask = given === undefined ? undefined : cast(g, given, 'bool');
  for (const tensor of call.inputs) {
    if (tensor.rank < 3 && !(tensor.rank === 2 && layer.generation === 3))
      throw config.malformed(`is called on a tensor of rank ${tensor.rank}, which has no time axis and features`);
  }
  // A mask of one value per step says nothing inside a step.
  const within = mask !== undefined && mask.rank > 2 ? rowsOf(g, mask) : undefined;
  const rows = call.inputs.map((tensor, i) => rowsOf(g, tensor).withMask(i === 0 ? within : undefined));
  const results = call.inner(inner, { inputs: rows, scope: 'layer' });
  const source = x.plain();
  return results.map((tensor) => {
    const facts = { shape: [x.shape[0] ?? null, x.shape[1] ?? null, ...tensor.shape.slice(1)], dtype: tensor.dtype };
    const back = KerasTensor.of(g, stepsOf(g, tensor.plain(), source), facts);
    return back.withMask(layer.generation === 3 ? given : maskOf(g, { tensor, mask, source }));
  });
}

/** Keras 2 asks the layer what becomes of the mask; where nothing does, a step counts if anything in it does. */
function maskOf(
  g: GraphBuilder,
  {
    tensor,
    mask,
    source,
  }: { readonly tensor: KerasTensor; readonly mask: KerasTensor | undefined; readonly source: Value },
): KerasTensor | undefined {
  if (tensor.mask !== undefined) {
    const [, ...rest] = tensor.mask.shape;
    const value = stepsOf(g, tensor.mask.plain(), source);
    return KerasTensor.of(g, value, { shape: [null, null, ...rest], dtype: 'bool' });
  }
  if (mask === undefined || mask.rank === 2) return mask;
  const axes = Array.from({ length: mask.rank - 2 }, (_, i) => i + 2);
  const numbers = g.op('Cast', [mask.plain()], { to: int(6) }, { dtype: 'int32' });
  const any = g.op('ReduceMax', [numbers, g.ints(axes)], { keepdims: int(0) });
  const value = g.op('Cast', [any], { to: int(9) }, { dtype: 'bool' });
  return KerasTensor.of(g, value, { shape: mask.shape.slice(0, 2), dtype: 'bool' });
}

/** Batch and time as one axis. */
function rowsOf(g: GraphBuilder, tensor: KerasTensor): KerasTensor {
  const value = tensor.plain();
  const rest = g.op('Slice', [shapeOf(g, value), g.ints([2]), g.ints([tensor.rank])]);
  const target = g.op('Concat', [g.ints([-1]), rest], { axis: int(0) });
  const shape = [null, ...tensor.shape.slice(2)];
  return KerasTensor.of(g, g.op('Reshape', [value, target]), { shape, dtype: tensor.dtype });
}

/** One axis as batch and time again. */
function stepsOf(g: GraphBuilder, value: Value, source: Value): Value {
  const rest = g.op('Slice', [shapeOf(g, value), g.ints([1]), g.ints([2n ** 62n])]);
  const target = g.op('Concat', [extentOf(g, source, 0), extentOf(g, source, 1), rest], { axis: int(0) });
  return g.op('Reshape', [value, target]);
}
