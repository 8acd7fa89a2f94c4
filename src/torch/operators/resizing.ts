import { float, int, text } from '../../onnx/builder/attributes.ts';
import type { Extent, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call, Dim } from './call.ts';
import { cast } from './emit/arithmetic.ts';
import { dimOf } from './emit/numbers.ts';
import * as shapes from './emit/shapes.ts';
import { asValue, wideInteger } from './emit/promote.ts';
import type { OperatorFamily, Translate } from './operator.ts';

/** How an upsampling maps positions of the result to those of the input. */
interface Kind {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly exact?: boolean;
  readonly antialias?: boolean;
}

/** Scale per dimension that the caller gave; `undefined` where the sizes alone decide. */
function scalesOf(call: Call, dimensions: number): readonly number[] | undefined {
  if (call.has('scale_factors')) return call.floats('scale_factors');
  const names = dimensions === 1 ? ['scales'] : ['scales_d', 'scales_h', 'scales_w'].slice(3 - dimensions);
  return names.every((name) => call.has(name)) ? names.map((name) => call.float(name)) : undefined;
}

function upsample(dimensions: number, { mode, exact = false, antialias = false }: Kind): Translate {
  return (call) => {
    const { g } = call;
    const input = call.tensor(call.overload === 'vec' ? 'input' : 'self');
    const value = mode === 'nearest' && input.dtype !== 'float32' ? cast(g, input, wideInteger(input.dtype)) : input;
    const aligned = call.has('align_corners') && call.bool('align_corners');
    const scales = scalesOf(call, dimensions);
    const target = call.has('output_size') ? call.dims('output_size') : undefined;
    const sizes = target?.map(shapes.extentOf) ?? scaledExtents(value, dimensions, scales);
    const shape = [value.shape?.[0] ?? null, value.shape?.[1] ?? null, ...sizes];
    const attributes = {
      mode: text(mode),
      coordinate_transformation_mode: text(transformation(mode, exact, aligned)),
      ...(mode === 'nearest' ? { nearest_mode: text(exact ? 'round_prefer_ceil' : 'floor') } : {}),
      // Pillow's kernel when antialiased, OpenCV's otherwise.
      ...(mode === 'cubic' ? { cubic_coeff_a: float(antialias ? -0.5 : -0.75) } : {}),
      ...(antialias ? { antialias: int(1), exclude_outside: int(1) } : {}),
    };
    if (scales !== undefined && !aligned) {
      const factors = Float32Array.from([1, 1, ...scales]);
      const vector = g.constant({ data: factors, shape: [factors.length], dtype: 'float32' });
      const result = g.op('Resize', [value, undefined, vector], attributes, { shape });
      return cast(g, result, input.dtype);
    }
    const dims = target ?? scaledDims(call, value, scales ?? []);
    const wanted = shapes.dimVector(g, [...shapes.dimsOf(g, value).slice(0, 2), ...dims]);
    return cast(g, g.op('Resize', [value, undefined, undefined, wanted], attributes, { shape }), input.dtype);
  };
}

function transformation(mode: Kind['mode'], exact: boolean, aligned: boolean): string {
  if (aligned) return 'align_corners';
  return mode === 'nearest' && !exact ? 'asymmetric' : 'half_pixel';
}

function scaledExtents(value: Value, dimensions: number, scales: readonly number[] | undefined): readonly Extent[] {
  return Array.from({ length: dimensions }, (_, i): Extent => {
    const extent = value.shape?.[i + 2];
    return typeof extent === 'number' && scales !== undefined ? Math.floor(extent * (scales[i] as number)) : null;
  });
}

function scaledDims(call: Call, value: Value, scales: readonly number[]): readonly Dim[] {
  return scales.map((scale, i) => {
    const size = shapes.sizeOf(call.g, value, i + 2);
    if (typeof size === 'number') return Math.floor(size * scale);
    return Number.isInteger(scale)
      ? dimOf(call.g, 'mul', size, scale)
      : call.fail('a fractional scale with align_corners');
  });
}

/** Padding of the last dimensions, the last one first: ONNX wants all dimensions, begins before ends. */
function padsOf(call: Call, rank: number, pad: readonly Dim[]): readonly Dim[] {
  if (pad.length % 2 !== 0 || pad.length > 2 * rank)
    return call.fail(`padding of ${pad.length} values for ${rank} dimensions`);
  const before: Dim[] = Array.from({ length: rank }, () => 0);
  const after: Dim[] = Array.from({ length: rank }, () => 0);
  for (let i = 0; i < pad.length / 2; i++) {
    before[rank - 1 - i] = pad[2 * i] as Dim;
    after[rank - 1 - i] = pad[2 * i + 1] as Dim;
  }
  return [...before, ...after];
}

function padWith(call: Call, mode: string, name: string, fill: Value | undefined): Value {
  const { g } = call;
  const self = call.tensor('self');
  const rank = shapes.rankOf(self);
  const pads = padsOf(call, rank, call.dims(name));
  const shape = self.shape?.map((extent, i): Extent => {
    const [before, after] = [pads[i], pads[rank + i]];
    if (before === 0 && after === 0) return extent;
    const numbers = typeof extent === 'number' && typeof before === 'number' && typeof after === 'number';
    return numbers ? extent + before + after : null;
  });
  // The engine pads only some element types.
  const small = self.dtype === 'bool' ? 'int32' : wideInteger(self.dtype);
  const value = cast(g, self, small);
  const inputs = [value, shapes.dimVector(g, pads), fill === undefined ? undefined : cast(g, fill, small)];
  return cast(g, g.op('Pad', inputs, { mode: text(mode) }, { shape }), self.dtype);
}

const MODES = new Map([
  ['reflect', 'reflect'],
  ['replicate', 'edge'],
  ['circular', 'wrap'],
]);

function pad(call: Call): Value {
  const mode = call.text('mode');
  if (mode === 'constant') return constantPad(call);
  const known = MODES.get(mode);
  return known === undefined ? call.fail(`padding mode ${mode}`) : padWith(call, known, 'pad', undefined);
}

function constantPad(call: Call): Value {
  const { dtype } = call.tensor('self');
  const scalar = call.has('value') ? call.scalar('value') : ({ kind: 'int', value: 0 } as const);
  return padWith(call, 'constant', 'pad', asValue(call.g, { scalar }, dtype));
}

const reflection: Translate = (call) => padWith(call, 'reflect', 'padding', undefined);
const replication: Translate = (call) => padWith(call, 'edge', 'padding', undefined);

/** Sizes of images: resizing and padding. */
export const resizing: OperatorFamily = {
  upsample_nearest1d: upsample(1, { mode: 'nearest' }),
  upsample_nearest2d: upsample(2, { mode: 'nearest' }),
  upsample_nearest3d: upsample(3, { mode: 'nearest' }),
  _upsample_nearest_exact1d: upsample(1, { mode: 'nearest', exact: true }),
  _upsample_nearest_exact2d: upsample(2, { mode: 'nearest', exact: true }),
  _upsample_nearest_exact3d: upsample(3, { mode: 'nearest', exact: true }),
  upsample_linear1d: upsample(1, { mode: 'linear' }),
  upsample_bilinear2d: upsample(2, { mode: 'linear' }),
  upsample_trilinear3d: upsample(3, { mode: 'linear' }),
  upsample_bicubic2d: upsample(2, { mode: 'cubic' }),
  _upsample_bilinear2d_aa: upsample(2, { mode: 'linear', antialias: true }),
  _upsample_bicubic2d_aa: upsample(2, { mode: 'cubic', antialias: true }),
  pad,
  constant_pad_nd: constantPad,
  reflection_pad1d: reflection,
  reflection_pad2d: reflection,
  reflection_pad3d: reflection,
  replication_pad1d: replication,
  replication_pad2d: replication,
  replication_pad3d: replication,
  _pad_circular: (call) => padWith(call, 'wrap', 'pad', undefined),
};
