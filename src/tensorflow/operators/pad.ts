import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { OpCall, OperatorTable } from '../op-call.ts';
import type { TfTensor } from '../tf-tensor.ts';

/** Pads as ONNX takes them: all befores, then all afters. */
export function padsInput(call: OpCall, paddings: TfTensor): TfTensor {
  const { numbers } = paddings;
  if (numbers !== undefined) return TfTensorOf(call, onnxPads(numbers));
  const columns = call.transpose(call.cast(paddings, 'int64'), [1, 0]);
  return call.write('Reshape', [columns, call.ints([-1])], { shape: [null] });
}

const TfTensorOf = (call: OpCall, values: readonly number[]): TfTensor => call.known('int64', [values.length], values);

function onnxPads(numbers: readonly number[]): readonly number[] {
  return [...numbers.filter((_, i) => i % 2 === 0), ...numbers.filter((_, i) => i % 2 === 1)];
}

function pad(
  call: OpCall,
  { mode, value }: { readonly mode: string; readonly value?: TfTensor | undefined },
): TfTensor {
  const [x, paddings] = [call.tensor(0), call.tensor(1)];
  const shape = x.shape?.map((extent, i): Extent => {
    const [before, after] = [paddings.content?.[2 * i], paddings.content?.[2 * i + 1]];
    if (before === 0 && after === 0) return extent;
    return typeof extent === 'number' && typeof before === 'number' && typeof after === 'number'
      ? extent + before + after
      : null;
  });
  const inputs = [x, padsInput(call, paddings), ...(value === undefined ? [] : [value])];
  return call.write('Pad', inputs, { dtype: x.dtype, shape, attributes: { mode: { text: mode } } });
}

export const padOperators: OperatorTable = {
  Pad: (call) => pad(call, { mode: 'constant' }),
  PadV2: (call) => pad(call, { mode: 'constant', value: call.tensor(2) }),
  MirrorPad(call) {
    const mode = call.attrs.text('mode');
    if (mode === 'REFLECT') return pad(call, { mode: 'reflect' });
    if (mode !== 'SYMMETRIC') throw call.unsupported(`mirrors in mode ${JSON.stringify(mode)}`);
    return symmetric(call);
  },
};

/** Mirrors with the edge repeated, which ONNX lacks: each dimension is joined with its own reversed ends. */
function symmetric(call: OpCall): TfTensor {
  const paddings = call.numbers(1, 'padding');
  let x = call.tensor(0);
  call.shapeOf(0).forEach((_, axis) => {
    const [before = 0, after = 0] = paddings.slice(2 * axis, 2 * axis + 2);
    if (before === 0 && after === 0) return;
    const extent = x.shape?.[axis] ?? null;
    const shape = x.shape?.map((other, i) =>
      i !== axis ? other : typeof extent === 'number' ? extent + before + after : null,
    );
    const one = (value: number): ReturnType<OpCall['ints']> => call.ints([value]);
    const part = (from: number, to: number): TfTensor =>
      call.write('Slice', [x, one(from), one(to), one(axis), one(-1)], { dtype: x.dtype, shape: undefined });
    const parts = [
      ...(before > 0 ? [part(before - 1, -Number.MAX_SAFE_INTEGER)] : []),
      x,
      ...(after > 0 ? [part(-1, -after - 1)] : []),
    ];
    x = call.write('Concat', parts, { dtype: x.dtype, shape, attributes: { axis: { int: axis } } });
  });
  return x;
}
