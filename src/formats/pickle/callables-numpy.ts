// Callables of numpy: arrays, types, scalars, random states.
import { MaskedArray } from '../npy/masked-array.ts';
import { NdArray } from '../npy/nd-array.ts';
import { NumpyDType } from '../npy/numpy-dtype.ts';
import { NumpyScalar } from '../npy/numpy-scalar.ts';
import { asBytes, asShape, asText, isGlobal, isTuple, wrongArguments } from './arguments.ts';
import type { CallableSpec, CallableTable, NameSlot } from './callable-spec.ts';
import { isNode, PyObject } from './nodes.ts';

type Call = CallableSpec['call'];

/** The array classes that are read as arrays. */
const ARRAY_CLASSES: ReadonlySet<string> = new Set([
  'numpy.ndarray',
  'numpy.matrix',
  'numpy.matrixlib.defmatrix.matrix',
  'numpy.recarray',
  'numpy.rec.recarray',
  'numpy.core.records.recarray',
  'numpy._core.records.recarray',
  'numpy.memmap',
  'numpy.core.memmap.memmap',
  'numpy._core.memmap.memmap',
]);
const MASKED_CLASSES: ReadonlySet<string> = new Set(['numpy.ma.core.MaskedArray', 'numpy.ma.MaskedArray']);

const BIT_GENERATORS: ReadonlyMap<string, string> = new Map([
  ['MT19937', 'numpy.random._mt19937'],
  ['PCG64', 'numpy.random._pcg64'],
  ['PCG64DXSM', 'numpy.random._pcg64'],
  ['Philox', 'numpy.random._philox'],
  ['SFC64', 'numpy.random._sfc64'],
]);

const among =
  (names: ReadonlySet<string>): NameSlot =>
  (name) =>
    names.has(name.path);

const isBitGenerator: NameSlot = (name) => BIT_GENERATORS.get(name.name) === name.module;
const isBitGeneratorConstructor: NameSlot = (name) => name.path === 'numpy.random._pickle.__bit_generator_ctor';

/** `_reconstruct(ndarray, (0,), b'b')`: an empty array that BUILD fills. */
const reconstruct: CallableSpec = {
  names: [among(ARRAY_CLASSES)],
  call: (args, callee, { offset }) => {
    const [cls, shape] = args;
    if (!isGlobal(cls) || asShape(shape) === undefined || args.length !== 3) throw wrongArguments(callee, offset);
    return new NdArray(undefined, cls.name);
  },
};

const maskedReconstruct: CallableSpec = {
  names: [among(MASKED_CLASSES), among(ARRAY_CLASSES)],
  call: (args, callee, { offset }) => {
    if (!isGlobal(args[0]) || !isGlobal(args[1]) || args.length !== 4) throw wrongArguments(callee, offset);
    return new MaskedArray();
  },
};

/** `_frombuffer(bytes, type, shape, order)` of protocol 5. */
const fromBuffer: Call = (args, callee, { offset }) => {
  const [buffer, dtype, extents, order] = args;
  const bytes = asBytes(buffer);
  const shape = asShape(extents);
  if (
    bytes === undefined ||
    !(dtype instanceof NumpyDType) ||
    shape === undefined ||
    (order !== 'C' && order !== 'F')
  ) {
    throw wrongArguments(callee, offset);
  }
  return new NdArray({ dtype, shape, order, bytes });
};

/** `scalar(type, bytes)`; a scalar of objects is the object. */
const scalar: Call = (args, callee, { offset }) => {
  const [dtype, value] = args;
  if (!(dtype instanceof NumpyDType) || args.length > 2) throw wrongArguments(callee, offset);
  if (dtype.type === 'O' && value !== undefined) return value;
  const bytes = value === undefined ? new Uint8Array(dtype.itemSize <= 1_000 ? dtype.itemSize : 0) : asBytes(value);
  if (bytes === undefined) throw wrongArguments(callee, offset);
  return new NumpyScalar(dtype, bytes);
};

/** `dtype('f8', False, True)`; the state that follows adds byte order and fields. */
const dtype: Call = (args, callee, { offset }) => {
  const [first] = args;
  // A record type is described together with the class of its elements.
  const description = asText(isTuple(first) && first.items.length === 2 ? first.items[1] : first);
  const flags = args.slice(1).every((flag) => typeof flag === 'boolean' || flag === 0 || flag === 1);
  if (description === undefined || !flags || args.length > 3) throw wrongArguments(callee, offset);
  return NumpyDType.parse(description);
};

const bitGenerator: CallableSpec = {
  names: [isBitGenerator],
  call: (args, callee, context) => {
    const [first = 'MT19937'] = args;
    const module = typeof first === 'string' ? BIT_GENERATORS.get(first) : undefined;
    const cls = typeof first === 'string' && module !== undefined ? context.global(module, first) : first;
    if (!isGlobal(cls) || args.length > 1) throw wrongArguments(callee, context.offset);
    return new PyObject(cls);
  },
};

/** `RandomState` and `Generator` from the name of a bit generator, or from one. */
const randomSource = (module: string, name: string): CallableSpec => ({
  names: [undefined, isBitGeneratorConstructor],
  call: (args, callee, context) => {
    const [first = 'MT19937'] = args;
    const isSource = typeof first === 'string' ? BIT_GENERATORS.has(first) : isNode(first) && first.kind === 'object';
    if (!isSource || args.length > 2) throw wrongArguments(callee, context.offset);
    return new PyObject(context.global(module, name), { args: [first] });
  },
});

/** A ufunc of numpy before 1.20 by its module and name: it stays a name, judged like any other. */
const ufunc: Call = (args, callee, context) => {
  const [module, name] = args;
  if (typeof module !== 'string' || typeof name !== 'string' || args.length !== 2)
    throw wrongArguments(callee, context.offset);
  return context.global(module, name);
};

const seedSequence: CallableSpec = {
  names: [(name) => name.path === 'numpy.random.bit_generator.SeedSequence'],
  call: (args, callee, { offset }) => {
    const [cls, , state = null] = args;
    if (!isGlobal(cls) || args.length !== 3) throw wrongArguments(callee, offset);
    return state === null ? new PyObject(cls) : new PyObject(cls, { state });
  },
};

/** One entry under the module names of numpy 1 and numpy 2. */
const both = (module: string, name: string, spec: CallableSpec): [string, CallableSpec][] => [
  [`numpy.core${module}.${name}`, spec],
  [`numpy._core${module}.${name}`, spec],
];

/** Callables of numpy, and dill's constructor of arrays. */
export const NUMPY_CALLABLES: CallableTable = new Map<string, CallableSpec>([
  ...both('.multiarray', '_reconstruct', reconstruct),
  ...both('._internal', '_reconstruct', reconstruct),
  ...both('.multiarray', 'scalar', { call: scalar }),
  ...both('.numeric', '_frombuffer', { call: fromBuffer }),
  ...both('', '_ufunc_reconstruct', { call: ufunc }),
  ['numpy.dtype', { call: dtype }],
  ['numpy.ma.core._mareconstruct', maskedReconstruct],
  ['numpy.random._pickle.__bit_generator_ctor', bitGenerator],
  ['numpy.random._pickle.__randomstate_ctor', randomSource('numpy.random.mtrand', 'RandomState')],
  ['numpy.random._pickle.__generator_ctor', randomSource('numpy.random._generator', 'Generator')],
  ['numpy.random.__RandomState_ctor', randomSource('numpy.random.mtrand', 'RandomState')],
  ['numpy.random.bit_generator.__pyx_unpickle_SeedSequence', seedSequence],
]);
