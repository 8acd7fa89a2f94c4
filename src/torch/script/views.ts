import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import { dimsOf, reshape } from '../operators/emit/shapes.ts';
import type { Passed } from './call-writer.ts';
import type { ScriptValue } from './script-value.ts';
import { TensorBox, type ViewOf } from './tensor-box.ts';

/** What following a view needs: writing calls, the first again or others. */
export interface ViewWriter {
  readonly g: GraphBuilder;
  /** What the call gave the first time. */
  readonly made: Value;
  readonly take: () => Value;
  readonly put: (operator: string, passed: Passed) => Value;
}

/** The same tensor under another name. */
const SAME = new Set(
  [
    'contiguous',
    'detach',
    'alias',
    'dropout',
    'feature_dropout',
    'alpha_dropout',
    'feature_alpha_dropout',
    'positive',
    'to',
    'type_as',
    'float',
    'data',
  ].map((name) => `aten::${name}`),
);

/** The same elements in the same order under other extents. */
const RESHAPED = new Set(
  ['view', 'view_as', 'reshape', 'reshape_as', 'flatten', 'unflatten', 'unsqueeze', 'squeeze', 'ravel'].map(
    (name) => `aten::${name}`,
  ),
);

/** Permutations that undo themselves. */
const TURNED = new Set(['transpose', 't', 'swapaxes', 'swapdims', 'numpy_T'].map((name) => `aten::${name}`));

/** Views that nothing is written through. */
const ONE_WAY = new Set(
  ['expand', 'expand_as', 'broadcast_to', 'movedim', 'diagonal', 'unfold', 'narrow', 'permute', 'real'].map(
    (name) => `aten::${name}`,
  ),
);

/** How the result of a call follows its first argument; `undefined` where it is a tensor of its own. */
export function viewOf(target: string, base: TensorBox, passed: Passed, writer: ViewWriter): ViewOf | undefined {
  const { g, made, take } = writer;
  if (SAME.has(target)) {
    // A conversion to another type is a copy.
    return made.dtype === base.value.dtype ? { base, take: () => base.value, put: (part) => part } : undefined;
  }
  if (RESHAPED.has(target)) return { base, take, put: (part) => reshape(g, part, dimsOf(g, base.value)) };
  if (TURNED.has(target)) return { base, take, put: (part) => writer.put(target, withSelf(passed, part)) };
  if (target === 'aten::slice' && isWhole(passed)) return { base, take: () => base.value, put: (part) => part };
  if (target === 'aten::select' || target === 'aten::slice') {
    const scatter = `${target}_scatter`;
    return {
      base,
      take,
      put: (part) => {
        const [self, ...rest] = passed.positional;
        const positional = [self as ScriptValue, box(part), ...rest];
        return writer.put(scatter, { positional, named: passed.named });
      },
    };
  }
  return ONE_WAY.has(target) ? { base, take, put: undefined } : undefined;
}

/** From here on an end stands for the last element: traced code writes the largest integer there. */
const NO_END = 2 ** 62;

/** `x[:]`, as code writes it when only another dimension is cut. */
function isWhole({ positional }: Passed): boolean {
  const [, , start, end, step] = positional;
  const from = start === undefined || start.kind === 'none' || (start.kind === 'int' && Number(start.value) === 0);
  const to = end === undefined || end.kind === 'none' || (end.kind === 'int' && Number(end.value) >= NO_END);
  return from && to && (step === undefined || (step.kind === 'int' && Number(step.value) === 1));
}

function withSelf({ positional, named }: Passed, self: Value): Passed {
  return { positional: [box(self), ...positional.slice(1)], named };
}

function box(value: Value): ScriptValue {
  return { kind: 'box', box: new TensorBox(value) };
}
