import type { GraphBuilder, Value } from '../onnx/builder/graph-builder.ts';
import type { OpCall } from './op-call.ts';
import { common } from './shapes.ts';
import { TfTensor } from './tf-tensor.ts';
import { type TfValue, UNKNOWN } from './tf-value.ts';

/** Translates a branch into a graph. */
export type Branch = (g: GraphBuilder) => readonly TfValue[];

/** One of two branches: the one that a known condition takes, else both as ONNX If. */
export function writeConditional(
  call: OpCall,
  condition: TfValue,
  branches: readonly [Branch, Branch],
): readonly TfValue[] {
  const { g } = call;
  if (condition.kind !== 'tensor') {
    // For the obstacles inside.
    return (branches.map((branch) => trial(g, branch))[0] ?? []).map(() => UNKNOWN);
  }
  const way = truth(condition);
  if (way !== undefined) return branches[way ? 0 : 1](g);
  if (condition.rank !== 0) throw call.unsupported('decides by a tensor that is not one value');
  const results: (readonly TfValue[])[] = [];
  const [thenBranch, elseBranch] = branches.map((branch) =>
    g.subgraph('branch', (inner) => {
      const values = branch(inner);
      results.push(values);
      for (const value of values) {
        if (value.kind === 'tensor') inner.output({ ...value.value, shape: undefined }, 'result');
      }
    }),
  );
  const [yes = [], no = []] = results;
  if ([...yes, ...no].some((value) => value.kind === 'unknown')) return yes.map(() => UNKNOWN);
  const types = yes.flatMap((value, i) => typeOf(call, value, no[i]) ?? []);
  // Both hand on the same handles: there is nothing to decide.
  if (types.length === 0) return yes;
  const test = call.cast(condition, 'bool');
  const outputs = g.node('If', {
    inputs: [test.value],
    attributes: { then_branch: thenBranch as never, else_branch: elseBranch as never },
    outputs: types,
  });
  let next = 0;
  return yes.map((value) => (value.kind === 'tensor' ? TfTensor.of(outputs[next++] as Value) : value));
}

function typeOf(call: OpCall, yes: TfValue, no: TfValue | undefined): Pick<TfTensor, 'dtype' | 'shape'> | undefined {
  if (yes.kind === 'tensor' && no?.kind === 'tensor' && yes.dtype === no.dtype) {
    return { dtype: yes.dtype, shape: common(yes.shape, no.shape) };
  }
  if (yes.kind === 'tensor' || yes !== no) throw call.unsupported('decides between values of different kinds');
  return undefined;
}

/** The way that is taken, where it is known when the model is loaded. */
function truth({ content, shape }: TfTensor): boolean | undefined {
  const [only] = content ?? [];
  if (shape?.length !== 0 || (typeof only !== 'boolean' && typeof only !== 'number')) return undefined;
  return only !== false && only !== 0;
}

function trial(g: GraphBuilder, branch: Branch): readonly TfValue[] {
  let values: readonly TfValue[] = [];
  g.subgraph('trial', (inner) => {
    values = branch(inner);
  });
  return values;
}
