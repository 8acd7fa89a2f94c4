import { text } from '../../onnx/builder/attributes.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import { reshaped } from '../graph/permute.ts';
import type { LayerConfig } from '../model/layer-config.ts';
import { applyActivation, readActivation } from './activation.ts';

/** `EinsumDense`: any product of an input and a kernel that Einstein's notation describes. */
export const EINSUM_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  [
    'EinsumDense',
    {
      weights: ({ config }) => [{ name: 'kernel' }, ...(config.has('bias_axes') ? [{ name: 'bias' }] : [])],
      check: ({ config, generation }) => {
        readActivation(config, 'activation', generation);
        parse(config);
        config.refuseUnless('lora_rank', [], 'low-rank weights are not added here; merge them before saving');
      },
      translate: einsumDense,
    },
  ],
]);

const LETTERS: readonly string[] = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.split('');

interface Equation {
  readonly input: readonly string[];
  readonly kernel: readonly string[];
  readonly output: readonly string[];
  /** Where the dots stand, which stand for any axes. */
  readonly dots: 'before' | 'after' | undefined;
}

function parse(config: LayerConfig): Equation {
  const text = config.string('equation').replaceAll(' ', '');
  const match = /^(\.{3})?([a-zA-Z]+)(\.{3})?,([a-zA-Z]+)->(\.{3})?([a-zA-Z]+)(\.{3})?$/.exec(text);
  if (match === null || (match[1] ?? '') !== (match[5] ?? '') || (match[3] ?? '') !== (match[7] ?? '')) {
    throw config.mistyped('equation', 'an equation such as "ab,bc->ac"');
  }
  const dots = match[1] === undefined ? (match[3] === undefined ? undefined : 'after') : 'before';
  const letters = (at: number): readonly string[] => (match[at] as string).split('');
  return { input: letters(2), kernel: letters(4), output: letters(6), dots };
}

function einsumDense(call: LayerCall): KerasTensor {
  const { g, config, layer, weights, dtype } = call;
  const x = call.input();
  const { input, kernel, output, dots } = parse(config);
  const free = x.rank - input.length;
  if (free < 0 || (dots === undefined && free !== 0))
    throw config.malformed(`is called on a tensor of rank ${x.rank} for ${JSON.stringify(config.string('equation'))}`);
  // Letters that the equation does not have stand for the axes behind the dots.
  const spare = LETTERS.filter((letter) => ![...input, ...kernel, ...output].includes(letter));
  const rest = spare.slice(0, free);
  const whole = (letters: readonly string[]): readonly string[] =>
    dots === 'after' ? [...letters, ...rest] : [...rest, ...letters];
  const extents = new Map<string, number | null>();
  for (const [i, letter] of whole(input).entries()) extents.set(letter, x.shape[i] ?? null);
  const given = config.raw('output_shape') ?? [];
  const outputs = typeof given === 'number' ? [given] : Array.isArray(given) ? (given as unknown[]) : [];
  const named = output.slice(-outputs.length);
  for (const [i, letter] of named.entries()) {
    const extent = outputs[i];
    if (typeof extent === 'number' && (extents.get(letter) ?? null) === null) extents.set(letter, extent);
  }
  const tensor = weights.get(
    'kernel',
    kernel.map((letter) => extents.get(letter) ?? null),
  );
  for (const [i, letter] of kernel.entries()) extents.set(letter, tensor.shape[i] as number);
  const result = whole(output);
  const equation = `${whole(input).join('')},${kernel.join('')}->${result.join('')}`;
  let value = g.op('Einsum', [x.plain(), g.constant(tensor, 'kernel')], { equation: text(equation) }, { dtype });
  if (config.has('bias_axes')) {
    const axes = config.string('bias_axes');
    const order = output.filter((letter) => axes.includes(letter));
    const stored = weights.get('bias', biasShape(output, order, extents));
    const shape = result.map((letter) => (order.includes(letter) ? (extents.get(letter) as number) : 1));
    value = g.op('Add', [value, g.constant(reshaped(stored, shape), 'bias')], {}, { dtype });
  }
  const shape = result.map((letter) => extents.get(letter) ?? null);
  return applyActivation(
    g,
    KerasTensor.of(g, value, { shape, dtype }),
    readActivation(config, 'activation', layer.generation),
  );
}

/** From the first axis with a bias on, one extent per axis, 1 where it has none. */
function biasShape(
  output: readonly string[],
  order: readonly string[],
  extents: ReadonlyMap<string, number | null>,
): readonly (number | null)[] {
  const first = output.indexOf(order[0] ?? '');
  return [...output]
    .slice(Math.max(first, 0))
    .map((letter) => (order.includes(letter) ? (extents.get(letter) ?? null) : 1));
}
