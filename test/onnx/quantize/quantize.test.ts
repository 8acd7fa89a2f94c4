import { describe, expect, it } from 'vitest';
import {
  type AttributeValue,
  makeAttribute,
  makeGraph,
  makeModel,
  makeNode,
  makeTensorType,
  makeValueInfo,
} from '../../../src/formats/onnx-proto/build.ts';
import { encodeTensor } from '../../../src/formats/onnx-proto/encode-tensor.ts';
import type { OnnxModel } from '../../../src/formats/onnx-proto/onnx-model.ts';
import { edited } from '../../../src/formats/onnx-proto/onnx-model.ts';
import { serializeModel } from '../../../src/formats/onnx-proto/write-model.ts';
import { quantizeDynamic } from '../../../src/onnx/quantize/dynamic-int8.ts';
import type { SmallerModel } from '../../../src/onnx/quantize/graph-edit.ts';
import { halveWeights } from '../../../src/onnx/quantize/half-weights.ts';
import type { TensorLike } from '../../../src/spec/tensor.ts';
import { runGraph } from '../run-graph.ts';

const NONE = new Map<string, Uint8Array>();
let seed = 1;
/** -0.5 to 0.5. */
const random = (): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647 - 0.5;
};
const floats = (...shape: number[]): TensorLike => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random),
  shape,
  dtype: 'float32',
});

interface Operator {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}
interface GraphOptions {
  readonly opset?: number;
  readonly irVersion?: number;
  readonly weightsAsInputs?: boolean;
  readonly dtype?: number;
}

/** A chain of operators from `x` to `y`; the operators in between write `h0`, `h1`, ... */
function modelOf(
  operators: readonly Operator[],
  weights: Readonly<Record<string, TensorLike>>,
  { opset = 18, irVersion = 8, weightsAsInputs = false, dtype = 1 }: GraphOptions = {},
): OnnxModel {
  const nodes = operators.map(({ opType, inputs, attributes = {} }, i) =>
    makeNode(
      opType,
      { inputs, outputs: [i === operators.length - 1 ? 'y' : `h${i}`] },
      Object.entries(attributes).map(([name, value]) => makeAttribute(name, value)),
    ),
  );
  const initializers = Object.entries(weights).map(([name, tensor]) => encodeTensor(name, tensor));
  const listed = weightsAsInputs ? Object.entries(weights) : [];
  const inputs = [
    makeValueInfo('x', makeTensorType(dtype, undefined)),
    ...listed.map(([name, { shape }]) => makeValueInfo(name, makeTensorType(1, shape))),
  ];
  const outputs = [makeValueInfo('y', makeTensorType(1, undefined))];
  return makeModel(makeGraph('g', { nodes, inputs, outputs, initializers }), { '': opset }, irVersion);
}

const MAT_MUL: Operator = { opType: 'MatMul', inputs: ['x', 'w'] };
const gemm = (attributes: Readonly<Record<string, AttributeValue>> = {}, inputs = ['x', 'w', 'b']): Operator => ({
  opType: 'Gemm',
  inputs,
  attributes,
});
const operatorsOf = ({ graph }: OnnxModel): string[] => (graph?.nodes ?? []).map(({ opType }) => opType);
const sizeOf = (model: OnnxModel): number => serializeModel(model).length;

async function outputOf(model: OnnxModel, x: TensorLike): Promise<readonly number[]> {
  const { y } = await runGraph(model, { x: { type: x.dtype, data: x.data, dims: x.shape } });
  return y?.data as number[];
}

/** The largest difference of the outputs for some input. */
async function drift(before: OnnxModel, { model }: SmallerModel, x: TensorLike): Promise<number> {
  const [a, b] = [await outputOf(before, x), await outputOf(model, x)];
  expect(b.length).toBe(a.length);
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));
}

describe('int8', () => {
  it.each([11, 13, 17, 18, 21])('opset %i: a product in integers is near that of floats', async (opset) => {
    const model = modelOf([MAT_MUL], { w: floats(64, 32) }, { opset });
    const small = quantizeDynamic(model, NONE);
    expect(small).toMatchObject({ smaller: [{ operator: 'MatMul', weight: 'w', shape: [64, 32] }], kept: [] });
    expect(operatorsOf(small.model)).toContain('MatMulInteger');
    expect(sizeOf(small.model)).toBeLessThan(0.4 * sizeOf(model));
    const difference = await drift(model, small, floats(5, 64));
    expect(difference).toBeLessThan(0.05);
    expect(difference).toBeGreaterThan(0);
  });

  it.each<[string, Operator]>([
    ['as it is', gemm()],
    ['with the weight transposed', gemm({ transB: { int: 1 } })],
    ['scaled by alpha', gemm({ alpha: { float: 2.5 } })],
    ['without a bias', gemm({}, ['x', 'w'])],
  ])('Gemm %s', async (_, operator) => {
    const turned = operator.attributes?.['transB'] !== undefined;
    const model = modelOf([operator], { w: turned ? floats(32, 64) : floats(64, 32), b: floats(32) });
    const small = quantizeDynamic(model, NONE);
    expect(small.smaller).toHaveLength(1);
    expect(await drift(model, small, floats(7, 64))).toBeLessThan(0.1);
  });

  it.each<[string, Operator, Record<string, TensorLike>, RegExp]>([
    ['of a transposed input', gemm({ transA: { int: 1 } }), { w: floats(64, 32), b: floats(32) }, /transA/],
    ['with a factor on its bias', gemm({ beta: { float: 0.5 } }), { w: floats(64, 32), b: floats(32) }, /beta/],
    ['with little to gain', MAT_MUL, { w: floats(8, 4) }, /1024 elements/],
    ['of several matrices', MAT_MUL, { w: floats(4, 64, 32) }, /3 axes/],
    [
      'that is not finite',
      MAT_MUL,
      { w: { ...floats(64, 32), data: new Float32Array(2_048).fill(Number.NaN) } },
      /not finite/,
    ],
  ])('a weight %s stays', (_, operator, weights, reason) => {
    const model = modelOf([operator], weights);
    const small = quantizeDynamic(model, NONE);
    expect(small.smaller).toEqual([]);
    expect(small.kept).toMatchObject([
      { operator: operator.opType, weight: 'w', reason: expect.stringMatching(reason) },
    ]);
    expect(small.model).toBe(model);
  });

  it('an input that a caller may replace is no weight; in old files every weight is listed as one', () => {
    const weights = { w: floats(64, 32) };
    const replaceable = modelOf([MAT_MUL], weights, { weightsAsInputs: true });
    expect(quantizeDynamic(replaceable, NONE).smaller).toEqual([]);
    const old = modelOf([MAT_MUL], weights, { weightsAsInputs: true, irVersion: 3, opset: 11 });
    const { model, smaller } = quantizeDynamic(old, NONE);
    expect(smaller).toHaveLength(1);
    expect(model.graph?.inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it('a weight that several operators read is stored once, and the input is measured once', () => {
    const twice = modelOf([MAT_MUL, { opType: 'MatMul', inputs: ['x', 'w'] }], { w: floats(64, 64) });
    const { model } = quantizeDynamic(twice, NONE);
    expect(operatorsOf(model).filter((one) => one === 'DynamicQuantizeLinear')).toHaveLength(1);
    expect(model.graph?.initializers.filter(({ dataType, dims }) => dataType === 2 && dims.length === 2)).toHaveLength(
      1,
    );
  });

  it('a weight that something else reads too stays beside its small form', async () => {
    const model = modelOf(
      [MAT_MUL, { opType: 'MatMul', inputs: ['h0', 'w'] }, { opType: 'Add', inputs: ['h1', 'w'] }],
      {
        w: floats(64, 64),
      },
    );
    const small = quantizeDynamic(model, NONE);
    expect(small.model.graph?.initializers.map(({ name }) => name)).toContain('w');
    expect(await drift(model, small, floats(64, 64))).toBeLessThan(0.5);
  });

  it('a table that is looked up, each entry by its own range', async () => {
    const table = floats(100, 16);
    (table.data as Float32Array).subarray(0, 16).fill(1_000);
    const model = modelOf([{ opType: 'Gather', inputs: ['w', 'x'] }], { w: table }, { dtype: 7 });
    const small = quantizeDynamic(model, NONE);
    expect(small.smaller).toEqual([{ operator: 'Gather', weight: 'w', shape: [100, 16] }]);
    expect(sizeOf(small.model)).toBeLessThan(0.4 * sizeOf(model));
    const x: TensorLike = { data: BigInt64Array.of(0n, 5n, 99n, -1n), shape: [2, 2], dtype: 'int64' };
    // The large entry costs the small ones nothing.
    const [before, after] = [await outputOf(model, x), await outputOf(small.model, x)];
    for (const [i, value] of before.entries()) {
      expect(Math.abs(value - (after[i] as number))).toBeLessThanOrEqual(i < 16 ? 1e-3 : 0.5 / 127);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'a row with %d gives no number, whatever integers say',
    async (bad) => {
      const { model } = quantizeDynamic(modelOf([MAT_MUL], { w: floats(64, 32) }), NONE);
      const x = floats(3, 64);
      (x.data as Float32Array)[64 + 7] = bad;
      const y = await outputOf(model, x);
      expect(y.slice(32, 64).every(Number.isNaN)).toBe(true);
      // An infinite range has no steps for anybody.
      const beside = [...y.slice(0, 32), ...y.slice(64)];
      expect(beside.every(Number.isFinite)).toBe(Number.isNaN(bad));
    },
  );

  it('no rows give no rows', async () => {
    const { model } = quantizeDynamic(modelOf([MAT_MUL], { w: floats(64, 32) }), NONE);
    expect(await outputOf(model, floats(0, 64))).toEqual([]);
  });

  it('weights of other files are read from them', async () => {
    const model = modelOf([MAT_MUL], { w: floats(64, 32) });
    const [w] = model.graph?.initializers ?? [];
    if (model.graph === undefined || w?.rawData === undefined) throw new Error('no weight');
    const entry = (key: string, value: string) => ({ source: undefined, unknown: [], key, value });
    const outside = edited(w, {
      rawData: undefined,
      dataLocation: 1,
      externalData: [entry('location', 'w.bin'), entry('offset', '0'), entry('length', String(w.rawData.length))],
    });
    const split = edited(model, { graph: edited(model.graph, { initializers: [outside] }) });
    const small = quantizeDynamic(split, new Map([['w.bin', w.rawData]]));
    expect(await drift(model, small, floats(2, 64))).toBeLessThan(0.05);
  });

  it('opsets without dynamic quantisation are refused', () => {
    const model = modelOf([MAT_MUL], { w: floats(64, 32) }, { opset: 10 });
    expect(() => quantizeDynamic(model, NONE)).toThrow(/opset 10.*needs 11/);
  });
});

describe('float16', () => {
  it('weights are half as large and differ by their rounding alone', async () => {
    const model = modelOf([gemm(), { opType: 'Relu', inputs: ['h0'] }], { w: floats(64, 64), b: floats(64) });
    const small = halveWeights(model, NONE);
    expect(small).toMatchObject({
      smaller: [{ operator: 'Gemm', weight: 'w', shape: [64, 64] }],
      kept: [{ weight: 'b', reason: 'it has fewer than 256 elements' }],
    });
    expect(sizeOf(small.model)).toBeLessThan(0.6 * sizeOf(model));
    const difference = await drift(model, small, floats(4, 64));
    expect(difference).toBeLessThan(0.005);
    expect(difference).toBeGreaterThan(0);
  });

  it('weights beyond the range stay', () => {
    const w = floats(32, 32);
    (w.data as Float32Array)[3] = 70_000;
    const { smaller, kept } = halveWeights(modelOf([MAT_MUL], { w }), NONE);
    expect(smaller).toEqual([]);
    expect(kept).toMatchObject([{ weight: 'w', reason: 'it has elements beyond 65504' }]);
  });

  it('numbers that half precision holds are as before, infinities among the rows too', async () => {
    const w: TensorLike = { ...floats(16, 16), data: Float32Array.from({ length: 256 }, (_, i) => (i - 128) / 64) };
    const model = modelOf([MAT_MUL], { w });
    const small = halveWeights(model, NONE);
    const x = floats(3, 16);
    (x.data as Float32Array)[0] = Number.POSITIVE_INFINITY;
    expect(await outputOf(small.model, x)).toEqual(await outputOf(model, x));
  });
});
