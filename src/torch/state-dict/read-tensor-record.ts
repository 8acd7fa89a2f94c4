import { asDouble, asShape, isDict, isGlobal, isTuple } from '../../formats/pickle/arguments.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import type { StoredDType } from '../../spec/stored-tensor.ts';
import { checkView, countOf } from './check-view.ts';
import type { StorageTable } from './storage.ts';
import type { TensorEntry } from './tensor-entry.ts';
import { badTorch } from './torch-problem.ts';
import { tensorType } from './torch-types.ts';

const PREFIX = 'torch._utils._rebuild_';

/** Whether a value is a tensor or a storage of its own. */
export function isTensorRecord(value: PyValue, storages: StorageTable): value is PyObject {
  return value instanceof PyObject && (value.cls.path.startsWith(PREFIX) || storages.of(value) !== undefined);
}

/**
 * A tensor from the record of the call that would rebuild it. What lies outside its storage is refused here, before
 * anything of it is read.
 *
 * @throws `ML_FORMAT_MALFORMED` for arguments that make no tensor, `ML_FORMAT_UNSUPPORTED` for unknown types
 */
export function readTensorRecord(record: PyObject, storages: StorageTable): TensorEntry {
  let target = record;
  // A parameter is a tensor in an envelope, once; more would be no file that PyTorch writes.
  for (let depth = 0; depth < 2 && /_parameter(?:_with_state)?$/.test(target.cls.name); depth++) {
    const inner = target.args[0];
    if (!(inner instanceof PyObject)) throw badTorch('a parameter holds no tensor');
    target = inner;
  }
  const whole = storages.of(target);
  if (whole !== undefined) {
    const dtype = whole.dtype ?? 'uint8';
    return dense(target, { dtype, storages, size: null, stride: null });
  }
  const { args } = target;
  switch (target.cls.path.slice(PREFIX.length)) {
    case 'tensor':
    case 'tensor_v2':
      return dense(target, { dtype: undefined, storages, size: args[2], stride: args[3], metadata: args[6] });
    case 'tensor_v3':
      return dense(target, {
        dtype: dtypeOf(args[6]),
        storages,

        size: args[2],
        stride: args[3],
        metadata: args[7],
      });
    case 'qtensor':
      return quantized(target, storages);
    case 'meta_tensor_no_storage':
      return {
        dtype: dtypeOf(args[0]),
        shape: shapeOf(args[1]),
        source: { kind: 'unreadable', why: 'is on the device "meta": it was saved without its elements' },
      };
    case 'device_tensor_from_numpy':
    case 'xla_tensor':
      return fromArray(target);
    case 'device_tensor_from_cpu_tensor': {
      const inner = args[0];
      if (!(inner instanceof PyObject) || !isTensorRecord(inner, storages) || inner === target) {
        throw badTorch('a tensor of another device holds no tensor');
      }
      return readPlain(inner, storages);
    }
    case 'sparse_tensor':
    case 'sparse_csr_tensor':
      return sparse(target, storages);
    case 'nested_tensor':
      return nested(target, storages);
    default:
      throw badTorch(`${target.cls.path} makes no tensor`);
  }
}

/** A tensor inside another record: of its storage directly, so that no file can nest records without end. */
function readPlain(record: PyValue | undefined, storages: StorageTable): TensorEntry {
  const isPlain =
    record instanceof PyObject && (/_rebuild_tensor/.test(record.cls.path) || storages.of(record) !== undefined);
  if (!isPlain) throw badTorch('a part of a tensor is no tensor');
  return readTensorRecord(record, storages);
}

interface DenseParts {
  /** `undefined` where the storage knows it. */
  readonly dtype: StoredDType | undefined;
  readonly storages: StorageTable;
  /** `null` for a storage of its own. */
  readonly size: PyValue | undefined;
  readonly stride: PyValue | undefined;
  readonly metadata?: PyValue | undefined;
}

function dense(record: PyObject, parts: DenseParts): TensorEntry {
  const own = parts.storages.of(record);
  const storage = own ?? parts.storages.of(record.args[0]);
  if (storage === undefined) throw badTorch('a tensor has no storage');
  const dtype = parts.dtype ?? storage.dtype;
  if (dtype === undefined) throw badTorch('a tensor has a storage without a type');
  const isWhole = parts.size === null;
  const offset = isWhole ? 0 : record.args[1];
  const shape = isWhole ? [countOf(storage, dtype)] : shapeOf(parts.size);
  const strides = isWhole ? [1] : shapeOf(parts.stride);
  if (typeof offset !== 'number' || offset < 0) throw badTorch('the offset of a tensor is no index');
  const { conjugate, negative } = flagsOf(parts.metadata);
  const view = { storage, offset, strides, conjugate, negative };
  checkView(view, shape, dtype);
  return { dtype, shape, source: { kind: 'storage', view } };
}

function quantized(record: PyObject, storages: StorageTable): TensorEntry {
  const { args } = record;
  const { dtype, shape } = dense(record, { dtype: undefined, storages, size: args[2], stride: args[3] });
  const parameters = isTuple(args[4]) ? args[4].items : [];
  const [scheme, scale, zero] = parameters;
  const name = isGlobal(scheme) ? scheme.name : 'an unknown scheme';
  const scales =
    asDouble(scale) === undefined ? 'a scale per channel' : `scale ${asDouble(scale)}, zero point ${asDouble(zero)}`;
  return {
    dtype,
    shape,
    source: {
      kind: 'unreadable',
      why: `is quantized (${name}, ${scales}); save tensor.dequantize(), or tensor.int_repr() with its scale`,
    },
  };
}

function fromArray({ args: [array, dtype] }: PyObject): TensorEntry {
  if (!(array instanceof NdArray) || array.isObject) throw badTorch('a tensor of another device holds no array');
  return { dtype: dtypeOf(dtype), shape: array.shape, source: { kind: 'array', array } };
}

function sparse({ args: [layout, data] }: PyObject, storages: StorageTable): TensorEntry {
  const parts = isTuple(data) ? data.items : [];
  const name = layout instanceof PyObject && typeof layout.args[0] === 'string' ? layout.args[0] : 'sparse';
  const isCompressed = !name.includes('coo');
  const { dtype } = readPlain(parts[isCompressed ? 2 : 1], storages);
  return {
    dtype,
    shape: shapeOf(parts[isCompressed ? 3 : 2]),
    source: { kind: 'unreadable', why: `is sparse (${name}); save tensor.to_dense()` },
  };
}

function nested({ args: [buffer, sizes] }: PyObject, storages: StorageTable): TensorEntry {
  const { dtype } = readPlain(buffer, storages);
  const { shape } = readPlain(sizes, storages);
  return {
    dtype,
    shape: [shape[0] ?? 0],
    source: {
      kind: 'unreadable',
      why: 'is nested (tensors of several shapes in one); save its parts, tensor.unbind()',
    },
  };
}

function shapeOf(value: PyValue | undefined): number[] {
  const shape = asShape(value) ?? (isNode(value) && value.kind === 'list' ? listShape(value.items) : undefined);
  if (shape === undefined) throw badTorch('the shape of a tensor is no tuple of sizes');
  return shape;
}

function listShape(items: readonly PyValue[]): number[] | undefined {
  const sizes = items.filter((item): item is number => typeof item === 'number' && item >= 0);
  return sizes.length === items.length ? sizes : undefined;
}

function dtypeOf(value: PyValue | undefined): StoredDType {
  if (!isGlobal(value)) throw badTorch('a tensor has no type');
  return tensorType(value);
}

/** Lazy conjugation and negation, which PyTorch stores as bits beside the storage. */
function flagsOf(metadata: PyValue | undefined): { conjugate: boolean; negative: boolean } {
  if (metadata === undefined || metadata === null) return { conjugate: false, negative: false };
  if (!isDict(metadata)) throw badTorch('the metadata of a tensor is no dictionary');
  return { conjugate: metadata.get('conj') === true, negative: metadata.get('neg') === true };
}
