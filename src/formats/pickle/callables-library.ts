// Callables of scikit-learn, pandas and dill. Most are constructors whose result stays a record.
import { NdArray } from '../npy/nd-array.ts';
import { asShape, isDict, isGlobal, isTuple, wrongArguments } from './arguments.ts';
import type { CallableSpec, CallableTable, NameSlot } from './callable-spec.ts';
import { KNOWN_CLASSES } from './known-classes.ts';
import { PyObject } from './nodes.ts';
import { setNumpyState } from './numpy-state.ts';
import { unsafe } from './problems.ts';

/** A class of the table: the functions below make an instance of what they are given. */
const isKnownClass: NameSlot = (name) => KNOWN_CLASSES.get(name.module)?.has(name.name) === true;

/** A constructor that takes up to `maximum` values; no names among them. */
function constructor(maximum: number): CallableSpec {
  return {
    call: (args, callee, { offset }) => {
      if (args.length > maximum) throw wrongArguments(callee, offset);
      return new PyObject(callee, { args });
    },
  };
}

/** `f(cls, ...)`: an instance of `cls`. `stateAt` is the position of its state, where it is passed at once. */
function factory(count: number, stateAt?: number): CallableSpec {
  return {
    names: [isKnownClass],
    call: (args, callee, { offset }) => {
      const [cls, ...rest] = args;
      if (!isGlobal(cls) || args.length !== count) throw wrongArguments(callee, offset);
      const state = stateAt === undefined ? null : (args[stateAt] ?? null);
      return new PyObject(cls, state === null ? { args: stateAt === undefined ? rest : [] } : { state });
    },
  };
}

/** `Tree(n_features, n_classes, n_outputs)`. */
const tree: CallableSpec = {
  call: (args, callee, { offset }) => {
    const [features, classes, outputs] = args;
    if (
      typeof features !== 'number' ||
      !(classes instanceof NdArray) ||
      typeof outputs !== 'number' ||
      args.length !== 3
    ) {
      throw wrongArguments(callee, offset);
    }
    return new PyObject(callee, { args });
  },
};

/** `_new_Index(cls, attributes)`. */
const newIndex: CallableSpec = {
  names: [isKnownClass],
  call: (args, callee, { offset }) => {
    const [cls, attributes] = args;
    if (!isGlobal(cls) || !isDict(attributes) || args.length !== 2) throw wrongArguments(callee, offset);
    return new PyObject(cls, { state: attributes });
  },
};

/** dill's `_create_array(_reconstruct, arguments, state, attributes)`. */
const dillArray: CallableSpec = {
  names: [(name) => /^numpy\._?core\.multiarray\._reconstruct$/.test(name.path)],
  call: (args, callee, context) => {
    const [, inner, state = null] = args;
    const [cls, shape] = isTuple(inner) ? inner.items : [];
    const known = isGlobal(cls) && (cls.path === 'numpy.ndarray' || cls.path === 'numpy.matrix');
    if (isGlobal(cls) && !known)
      throw unsafe(`would make an array of ${cls.path}`, context.offset, { module: cls.module, name: cls.name });
    if (!known || asShape(shape) === undefined || args.length > 4) throw wrongArguments(callee, context.offset);
    const array = new NdArray(undefined, cls.name);
    setNumpyState(array, state, context);
    return array;
  },
};

/** The types that dill writes by name and that hold data. Functions, code and modules are not among them. */
const DILL_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    slice: 'slice',
    SliceType: 'slice',
    range: 'range',
    RangeType: 'range',
    XRangeType: 'range',
    object: 'object',
    ObjectType: 'object',
    NoneType: 'NoneType',
    EllipsisType: 'ellipsis',
    ellipsis: 'ellipsis',
    int: 'int',
    IntType: 'int',
    LongType: 'int',
    float: 'float',
    FloatType: 'float',
    bool: 'bool',
    BooleanType: 'bool',
    complex: 'complex',
    ComplexType: 'complex',
    str: 'str',
    StringType: 'str',
    UnicodeType: 'str',
    bytes: 'bytes',
    BytesType: 'bytes',
    bytearray: 'bytearray',
    list: 'list',
    ListType: 'list',
    tuple: 'tuple',
    TupleType: 'tuple',
    dict: 'dict',
    DictType: 'dict',
    set: 'set',
    SetType: 'set',
    frozenset: 'frozenset',
    FrozenSetType: 'frozenset',
  }),
);

const dillType: CallableSpec = {
  call: (args, callee, context) => {
    const [written] = args;
    if (args.length !== 1 || typeof written !== 'string') throw wrongArguments(callee, context.offset);
    const name = DILL_TYPES.get(written);
    if (name === undefined)
      throw unsafe(`would make the type ${JSON.stringify(written.slice(0, 80))} with ${callee.path}`, context.offset, {
        module: callee.module,
        name: callee.name,
      });
    return context.global('builtins', name);
  },
};

/** pandas' `_unpickle_block(values, placement, dimensions)`. */
const block: CallableSpec = {
  call: (args, callee, context) => {
    if (args.length < 3 || args.length > 4) throw wrongArguments(callee, context.offset);
    return new PyObject(context.global('pandas.core.internals.blocks', 'Block'), { args });
  },
};

const each = (module: string, names: string, spec: CallableSpec): [string, CallableSpec][] =>
  names.split(' ').map((name) => [`${module}.${name}`, spec]);

const LOSSES =
  'HalfSquaredError AbsoluteError PinballLoss HuberLoss HalfPoissonLoss HalfGammaLoss HalfTweedieLoss HalfTweedieLossIdentity HalfBinomialLoss HalfMultinomialLoss ExponentialLoss'.split(
    ' ',
  );
const SGD_LOSSES =
  'Hinge SquaredHinge Log ModifiedHuber SquaredLoss Huber EpsilonInsensitive SquaredEpsilonInsensitive CyHalfBinomialLoss CyHalfSquaredError CyHuberLoss';
const DTYPES =
  'StringDtype CategoricalDtype DatetimeTZDtype IntervalDtype PeriodDtype SparseDtype BooleanDtype Int64Dtype Float64Dtype';

/** Callables of the libraries around scikit-learn. */
export const LIBRARY_CALLABLES: CallableTable = new Map<string, CallableSpec>([
  ['sklearn.tree._tree.Tree', tree],
  ...LOSSES.flatMap((loss): [string, CallableSpec][] => [
    [`sklearn._loss._loss.Cy${loss}`, constructor(2)],
    [`sklearn._loss._loss.__pyx_unpickle_Cy${loss}`, factory(3, 2)],
  ]),
  ...each('sklearn.linear_model._sgd_fast', SGD_LOSSES, constructor(2)),
  ...each('sklearn.linear_model.sgd_fast', SGD_LOSSES, constructor(2)),
  ...['_kd_tree', 'kd_tree', '_ball_tree', 'ball_tree', '_dist_metrics', 'dist_metrics'].map(
    (module): [string, CallableSpec] => [`sklearn.neighbors.${module}.newObj`, factory(1)],
  ),
  ['sklearn.metrics._dist_metrics.newObj', factory(1)],
  ['pandas.core.internals.managers.BlockManager', constructor(3)],
  ['pandas.core.internals.managers.SingleBlockManager', constructor(3)],
  ['pandas._libs.internals._unpickle_block', block],
  ['pandas.core.indexes.base._new_Index', newIndex],
  ['pandas.core.indexes.datetimes._new_DatetimeIndex', newIndex],
  ['pandas.core.indexes.period._new_PeriodIndex', newIndex],
  ['pandas.core.indexes.interval._new_IntervalIndex', newIndex],
  ['pandas._libs.arrays.__pyx_unpickle_NDArrayBacked', factory(3, 2)],
  ['pandas._libs.interval.__pyx_unpickle_IntervalMixin', factory(3, 2)],
  ['pandas._libs.interval.Interval', constructor(3)],
  ['pandas._libs.sparse.IntIndex', constructor(2)],
  ['pandas._libs.sparse.BlockIndex', constructor(3)],
  ['pandas._libs.tslibs.nattype.__nat_unpickle', constructor(1)],
  ['pandas._libs.tslibs.nattype._nat_unpickle', constructor(1)],
  ['pandas._libs.tslibs.timedeltas._timedelta_unpickle', constructor(2)],
  ['pandas._libs.tslibs.timestamps._unpickle_timestamp', constructor(4)],
  ['pandas._libs.tslibs.period._unpickle_period', constructor(2)],
  ...each(
    'pandas._libs.tslibs.offsets',
    'MonthEnd MonthBegin YearEnd YearBegin QuarterEnd QuarterBegin Day Hour Minute Second Milli Micro Nano BusinessDay Week',
    constructor(3),
  ),
  ...each('pandas', DTYPES, constructor(3)),
  ...each('pandas.core.dtypes.dtypes', DTYPES, constructor(3)),
  ['pandas.core.arrays.string_.StringDtype', constructor(2)],
  ['pandas.core.internals.blocks.new_block', block],
  ['pytz._UTC', constructor(0)],
  ['pytz._p', constructor(4)],
  ['zoneinfo.ZoneInfo._unpickle', constructor(2)],
  ...['dill._dill', 'dill.dill'].flatMap((module): [string, CallableSpec][] => [
    [`${module}._create_array`, dillArray],
    [`${module}._load_type`, dillType],
  ]),
]);
