import { int } from '../../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import { CallArguments, type ArgumentValue } from '../../graph/call-arguments.ts';
import { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import { overriding } from '../../model/derived-layer.ts';
import type { KerasLayer } from '../../model/keras-layer.ts';
import { shown } from '../../model/layer-config.ts';
import { nestedSpecs, type WeightSpec } from '../../model/weight-spec.ts';
import { specsOf } from '../../weights/flat-specs.ts';
import { flipped } from './recurrence.ts';

const MERGES = ['concat', 'sum', 'ave', 'mul', null];

/** `Bidirectional`: a recurrent layer from both ends of the sequence. */
export function bidirectional(types: () => ReadonlyMap<string, LayerType>): LayerType {
  return {
    masking: 'own',
    wraps: ['layer', 'backward_layer'],
    limits: 'stateful layers and constants are refused',
    check: ({ config }) => {
      config.refuseUnless('merge_mode', MERGES, `which is none of ${MERGES.map(shown).join(', ')}`);
      config.refuseUnless('num_constants', [0], 'constants of a recurrence are not passed on');
    },
    weights: (layer): readonly WeightSpec[] =>
      [...directions(layer)].flatMap(([name, inner]) => nestedSpecs(specsOf(inner, types()), { name, owner: [name] })),
    translate,
  };
}

/** The two layers, as Keras makes them of the one that the file describes, with their parameters. */
function directions({ inner, config, generation }: KerasLayer): ReadonlyMap<string, KerasLayer> {
  const layer = inner.get('layer');
  if (layer === undefined) throw config.malformed('wraps no layer');
  const backwards = generation === 3 || !layer.config.boolean('go_backwards', false);
  const other = inner.get('backward_layer') ?? overriding(layer, { go_backwards: backwards });
  const both = [layer, other] as const;
  for (const key of ['return_sequences', 'return_state']) {
    if (both[0].config.boolean(key, false) !== both[1].config.boolean(key, false))
      throw config.malformed(`has two layers that differ in ${key}`);
  }
  // Keras sets it in both, whatever they say: a masked step of a sequence gives zeros.
  const zeroOutput = { zero_output_for_mask: layer.config.boolean('return_sequences', false) };
  return new Map([
    ['forward_layer', overriding(layer, zeroOutput)],
    ['backward_layer', overriding(other, zeroOutput)],
  ]);
}

function translate(call: LayerCall): readonly KerasTensor[] {
  const { g, config, layer, inputs, args, unsupported } = call;
  const x = call.input();
  if (args.value('constants') !== undefined) throw unsupported('is called with constants, which are not passed on');
  const named = args.tensors('initial_state', layer.generation === 3 ? 0 : undefined);
  const initial = named ?? (inputs.length > 1 ? inputs.slice(1) : undefined);
  if (initial !== undefined && initial.length % 2 > 0)
    throw config.malformed(`is called with ${initial.length} initial states for two layers`);
  const stated = args.tensor('mask', 1);
  const mask = stated ?? (layer.generation === 3 && named !== undefined ? undefined : x.mask);
  const both = directions(layer);
  const half = (initial?.length ?? 0) / 2;
  const [ahead, back] = [...both].map(([scope, inner], i) => {
    const named = new Map<string, ArgumentValue>();
    if (initial !== undefined) named.set('initial_state', i === 0 ? initial.slice(0, half) : initial.slice(half));
    if (mask !== undefined) named.set('mask', mask);
    return call.inner(inner, {
      inputs: [x.withMask(undefined)],
      scope,
      args: new CallArguments([], named, (what) => config.malformed(what)),
    });
  }) as [readonly KerasTensor[], readonly KerasTensor[]];
  const [y, turned] = [ahead[0], back[0]] as [KerasTensor, KerasTensor];
  const inner = both.get('forward_layer') as KerasLayer;
  const sequences = inner.config.boolean('return_sequences', false);
  const states = [...ahead.slice(1), ...back.slice(1)];
  const reverse = sequences
    ? KerasTensor.of(g, flipped(g, turned.plain()), { shape: turned.shape, dtype: turned.dtype })
    : turned;
  // Keras 3 hands the mask on with the first output even where there is no time axis any more.
  const given = stated ?? x.mask;
  const first = sequences || layer.generation === 3 ? given : undefined;
  // The parameter has a default; `null` is a value of its own.
  const mode = config.raw('merge_mode') === undefined ? 'concat' : config.raw('merge_mode');
  if (mode === null)
    return [y.withMask(first), reverse.withMask(sequences && layer.generation === 2 ? given : undefined), ...states];
  const [a, b] = [y.plain(), reverse.plain()];
  const last = y.shape.at(-1) ?? null;
  const width = mode === 'concat' && last !== null ? last + (reverse.shape.at(-1) ?? 0) : last;
  const facts = { shape: [...y.shape.slice(0, -1), width], dtype: y.dtype, mask: first };
  return [KerasTensor.of(g, merged(g, { a, b, mode, dtype: y.dtype }), facts), ...states];
}

function merged(
  g: GraphBuilder,
  {
    a,
    b,
    mode,
    dtype,
  }: { readonly a: Value; readonly b: Value; readonly mode: unknown; readonly dtype: Value['dtype'] },
): Value {
  const m = new Arithmetic(g, dtype);
  switch (mode) {
    case 'sum':
      return m.add(a, b);
    case 'ave':
      return m.div(m.add(a, b), 2);
    case 'mul':
      return m.mul(a, b);
    default:
      return m.op('Concat', [a, b], { axis: int(-1) });
  }
}
