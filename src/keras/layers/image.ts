import { Arithmetic } from '../graph/arithmetic.ts';
import { cast } from '../graph/cast.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import { isFloat } from '../graph/compute-type.ts';
import { resize } from './resize.ts';
import { dataFormat, spatialInput, spatialOutput } from './spatial.ts';

/** Preprocessing of images that does the same in training and prediction. */
export const IMAGE_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ['Rescaling', { masking: 'own', check: checkRescaling, translate: rescaling }],
  [
    'Resizing',
    {
      check: checkResizing,
      translate: resizing,
      limits: 'bilinear and nearest without antialiasing, cropping or padding to the aspect ratio',
    },
  ],
  ['CenterCrop', { translate: centerCrop, limits: 'images smaller than the crop are refused: Keras resizes them' }],
]);

function checkRescaling({ config }: KerasLayer): void {
  for (const key of ['scale', 'offset']) numbersOf(config, key, 0);
}

/** A number, or one per channel. */
function numbersOf(config: KerasLayer['config'], key: string, fallback: number): readonly number[] | number {
  const value = config.raw(key) ?? fallback;
  if (typeof value === 'number') return value;
  if (Array.isArray(value) && value.length > 0 && value.every((n) => typeof n === 'number')) return value;
  throw config.mistyped(key, 'a number or a list of numbers');
}

function rescaling(call: LayerCall): KerasTensor {
  const { g, config, layer, dtype } = call;
  if (!isFloat(dtype)) throw config.unsupported(`computes in ${dtype}`);
  const x = cast(g, call.input(), dtype);
  const [scale, offset] = [numbersOf(config, 'scale', 1), numbersOf(config, 'offset', 0)];
  const m = new Arithmetic(g, dtype);
  const constant = (numbers: readonly number[] | number): ReturnType<Arithmetic['value']> | number =>
    typeof numbers === 'number'
      ? numbers
      : g.constant({
          data: dtype === 'float64' ? Float64Array.from(numbers) : Float32Array.from(numbers),
          shape: [numbers.length],
          dtype,
        });
  const perChannel = typeof scale !== 'number' || typeof offset !== 'number';
  const source = perChannel ? KerasTensor.of(g, x.plain(), { shape: x.shape, dtype, mask: x.mask }) : x;
  const result = source.map((value) => m.add(m.mul(value, constant(scale)), constant(offset)));
  return layer.generation === 3 ? result : result.withMask(undefined);
}

function checkResizing({ config }: KerasLayer): void {
  config.refuseUnless(
    'interpolation',
    ['bilinear', 'nearest', 'BILINEAR', 'NEAREST'],
    'only bilinear and nearest are computed as Keras does',
  );
  for (const key of ['crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'antialias']) {
    config.refuseUnless(key, [false], 'which is not done here; resize the images before they are fed');
  }
}

function resizing(call: LayerCall): KerasTensor {
  const { g, config } = call;
  const x = spatialInput(call.input(), 2, config);
  const sizes = ['height', 'width'].map((key) => config.integer(key, { least: 1 }));
  const method = config.string('interpolation', 'bilinear').toLowerCase() === 'nearest' ? 'nearest' : 'bilinear';
  return spatialOutput(g, resize(g, x.value, { method, sizes }), { ...x, extents: sizes });
}

function centerCrop(call: LayerCall): KerasTensor {
  const { g, config } = call;
  dataFormat(config);
  const x = spatialInput(call.input(), 2, config);
  const sizes = ['height', 'width'].map((key) => config.integer(key, { least: 1 }));
  const starts = sizes.map((size, i) => {
    const extent = x.extents[i] ?? null;
    if (extent === null || extent < size)
      throw call.unsupported(
        'crops images that may be smaller than the crop, which Keras resizes; resize them before they are fed',
      );
    return Math.floor((extent - size) / 2);
  });
  const ends = starts.map((start, i) => start + (sizes[i] as number));
  const value = g.op('Slice', [x.value, g.ints(starts), g.ints(ends), g.ints([2, 3])]);
  return spatialOutput(g, value, { ...x, extents: sizes });
}
