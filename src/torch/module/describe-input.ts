import { MetadataError } from '../../errors/metadata-error.ts';
import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { TensorInfo } from '../../spec/stored-tensor.ts';
import type { ModuleInput } from './build-module.ts';
import { LayerSpec } from './layer-context.ts';

const NAME = 'input';

/**
 * The input of a described module: as stated, or what its first layer with weights takes. A name stands for an extent
 * that may vary.
 *
 * @param stated `{ shape, dtype?, name? }` or nothing
 * @throws `ML_METADATA_INVALID`
 */
export function describeInput(
  stated: unknown,
  description: unknown,
  tensors: ReadonlyMap<string, TensorInfo>,
): ModuleInput {
  if (stated === undefined) {
    const found = firstLayer(description, '', tensors);
    if (found !== undefined) return { name: NAME, ...found };
    throw bad(
      'its shape does not follow from the first layers of torch.module; state it, e.g. { "shape": ["batch", 6] }',
    );
  }
  const { shape, dtype = 'float32', name = NAME } = Object(stated) as Record<string, unknown>;
  const extents = Array.isArray(shape) ? (shape as unknown[]).filter(isExtent) : [];
  if (!Array.isArray(shape) || extents.length !== shape.length || extents.length === 0) {
    throw bad('its shape must be a list of sizes and names');
  }
  if (dtype !== 'float32' && dtype !== 'int64') throw bad('its dtype must be float32 or int64');
  if (typeof name !== 'string' || name === '') throw bad('its name must be text');
  return { name, dtype, shape: extents };
}

function isExtent(value: unknown): value is Extent {
  return (
    value === null ||
    (typeof value === 'string' && value !== '') ||
    (Number.isSafeInteger(value) && (value as number) > 0)
  );
}

type Found = Pick<ModuleInput, 'dtype' | 'shape'> | undefined;

/** What the first layer with weights takes, where nothing before it changes shapes. */
function firstLayer(description: unknown, path: string, tensors: ReadonlyMap<string, TensorInfo>): Found {
  const { type } = new LayerSpec(description, path);
  const { modules, batch_first: batchFirst, groups } = description as Record<string, unknown>;
  if (typeof modules === 'object' && modules !== null) {
    for (const [name, child] of Object.entries(modules)) {
      const found = firstLayer(child, path === '' ? name : `${path}.${name}`, tensors);
      if (found !== undefined) return found;
      const childType = (Object(child) as Record<string, unknown>)['type'];
      if (typeof childType !== 'string' || !/^(?:Identity|Dropout)/.test(childType)) return undefined;
    }
    return undefined;
  }
  const shapeOf = (name: string): readonly number[] | undefined =>
    tensors.get(path === '' ? name : `${path}.${name}`)?.shape;
  return inputOf(type, shapeOf, { batchFirst: batchFirst === true, groups });
}

function inputOf(
  type: string,
  shapeOf: (name: string) => readonly number[] | undefined,
  { batchFirst, groups }: { readonly batchFirst: boolean; readonly groups: unknown },
): Found {
  const weight = shapeOf('weight');
  const last = weight?.at(-1);
  const [convolution, isTransposed, dimensions] = /^Conv(Transpose)?([123])d$/.exec(type) ?? [];
  if (convolution !== undefined && weight !== undefined) {
    const channels =
      isTransposed === undefined
        ? (weight[1] as number) * (typeof groups === 'number' ? groups : 1)
        : (weight[0] as number);
    const rest = ['length', 'width', 'depth']
      .slice(0, Number(dimensions))
      .map((name) => (dimensions === '2' && name === 'length' ? 'height' : name));
    return { dtype: 'float32', shape: ['batch', channels, ...rest] };
  }
  if (type === 'Embedding') return { dtype: 'int64', shape: ['batch', 'length'] };
  if ((type === 'Linear' || type === 'BatchNorm1d' || type === 'LayerNorm') && last !== undefined) {
    return { dtype: 'float32', shape: ['batch', last] };
  }
  const width = /^(?:LSTM|GRU|RNN)$/.test(type) ? shapeOf('weight_ih_l0')?.[1] : undefined;
  if (width === undefined) return undefined;
  return { dtype: 'float32', shape: batchFirst ? ['batch', 'steps', width] : ['steps', 'batch', width] };
}

function bad(what: string): MetadataError {
  return new MetadataError('ML_METADATA_INVALID', `torch.input: ${what}`);
}
