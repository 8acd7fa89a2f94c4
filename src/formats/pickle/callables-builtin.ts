// Callables of Python itself: containers, numbers, dates.
import {
  asBytes,
  asDouble,
  asText,
  elementsOf,
  isDict,
  isGlobal,
  isInteger,
  isTuple,
  latin1,
  wrongArguments,
} from './arguments.ts';
import type { CallableSpec, CallableTable, CallContext } from './callable-spec.ts';
import {
  isNode,
  keyWeight,
  PyBytes,
  PyComplex,
  PyFloat,
  type PyGlobal,
  PyList,
  PyObject,
  PyRange,
  PySlice,
  PyTuple,
  type PyValue,
} from './nodes.ts';
import { PyDict, type PyDictType, PySet } from './py-dict.ts';

type Call = CallableSpec['call'];

/** The elements of an optional iterable argument, counted before they are copied. */
function iterable(args: readonly PyValue[], callee: PyGlobal, context: CallContext): readonly PyValue[] {
  if (args.length === 0) return [];
  const elements = elementsOf(args[0]);
  if (elements === undefined || args.length > 1) throw wrongArguments(callee, context.offset);
  for (const element of elements) context.charge(keyWeight(element));
  return elements;
}

/** A dictionary from nothing, another dictionary, or a list of pairs. */
function dictionary(
  type: PyDictType,
  source: PyValue | undefined,
  factory?: PyGlobal,
): ((call: CallContext) => PyDict) | undefined {
  const dict = new PyDict(type, factory);
  if (source === undefined) return () => dict;
  if (isDict(source)) {
    return (context) => {
      for (const [key, value] of source) {
        context.charge(keyWeight(key));
        dict.set(key, value);
      }
      return dict;
    };
  }
  const pairs = elementsOf(source)?.map(elementsOf);
  if (pairs === undefined || pairs.some((pair) => pair?.length !== 2)) return undefined;
  return (context) => {
    for (const [key = null, value = null] of pairs.filter((pair) => pair !== undefined)) {
      context.charge(keyWeight(key));
      dict.set(key, value);
    }
    return dict;
  };
}

const makeDict =
  (type: PyDictType): Call =>
  (args, callee, context) => {
    const fill = args.length > 1 ? undefined : dictionary(type, args[0]);
    if (fill === undefined) throw wrongArguments(callee, context.offset);
    return fill(context);
  };

/** `bytes` and `bytearray`: from nothing, bytes, a list of ints, or text with its encoding. */
const makeBytes =
  (mutable: boolean): Call =>
  (args, callee, context) => {
    const [source, encoding] = args;
    if (args.length === 0) return new PyBytes(new Uint8Array(0), mutable);
    if (
      typeof source === 'string' &&
      args.length === 2 &&
      /^(?:latin-?1|ascii|iso-?8859-1)$/i.test(asText(encoding) ?? '')
    ) {
      context.charge(source.length >> 4);
      const bytes = latin1(source);
      if (bytes !== undefined) return new PyBytes(bytes, mutable);
    }
    if (args.length === 1 && isNode(source) && source.kind === 'bytes') return new PyBytes(source.data, mutable);
    if (args.length === 1 && typeof source === 'string') {
      const bytes = asBytes(source);
      if (bytes !== undefined) return new PyBytes(bytes, mutable);
    }
    const elements = args.length === 1 ? elementsOf(source) : undefined;
    if (elements === undefined || elements.some((e) => typeof e !== 'number' || e < 0 || e > 255)) {
      throw wrongArguments(callee, context.offset);
    }
    context.charge(elements.length);
    return new PyBytes(Uint8Array.from(elements, Number), mutable);
  };

const makeRange: Call = (args, callee, { offset }) => {
  const numbers = args.filter(isInteger);
  if (numbers.length !== args.length || args.length === 0 || args.length > 3) throw wrongArguments(callee, offset);
  const [first = 0, second, step = 1] = numbers;
  if (Number(step) === 0) throw wrongArguments(callee, offset);
  return second === undefined ? new PyRange(0, first, 1) : new PyRange(first, second, step);
};

const makeComplex: Call = (args, callee, { offset }) => {
  const parts = args.map(asDouble);
  if (args.length > 2 || parts.includes(undefined)) throw wrongArguments(callee, offset);
  return new PyComplex(parts[0] ?? 0, parts[1] ?? 0);
};

const makeSlice: Call = (args, callee, { offset }) => {
  if (args.length === 0 || args.length > 3) throw wrongArguments(callee, offset);
  const [first = null, second, step = null] = args;
  return second === undefined ? new PySlice(null, first, null) : new PySlice(first, second, step);
};

const makeDeque: Call = (args, callee, context) => {
  const maximum = args[1] ?? null;
  if (args.length > 2 || !(maximum === null || isInteger(maximum))) throw wrongArguments(callee, context.offset);
  return new PyList([...iterable(args.slice(0, 1), callee, context)], 'deque');
};

/** Factories whose meaning is plain; anything else would be called for each missing key. */
const FACTORIES: ReadonlySet<string> = new Set([
  ...['int', 'float', 'str', 'list', 'dict', 'set', 'tuple', 'bool', 'frozenset', 'bytes', 'complex'].map(
    (n) => `builtins.${n}`,
  ),
  ...['OrderedDict', 'defaultdict', 'Counter', 'deque'].map((n) => `collections.${n}`),
]);

const makeDefaultDict: Call = (args, callee, context) => {
  const [factory = null, source] = args;
  const named = isGlobal(factory) ? factory : undefined;
  const fill = factory !== null && named === undefined ? undefined : dictionary('defaultdict', source, named);
  if (fill === undefined || args.length > 2) throw wrongArguments(callee, context.offset);
  return fill(context);
};

const BASES: ReadonlySet<string> = new Set(
  ['object', 'dict', 'list', 'tuple', 'set', 'frozenset', 'str', 'int', 'float', 'bytes', 'complex'].map(
    (n) => `builtins.${n}`,
  ),
);

/** `copyreg._reconstructor(cls, base, state)` of protocols 0 and 1: what NEWOBJ is in later ones. */
const reconstructor: Call = (args, callee, context) => {
  const [cls, base, state = null] = args;
  if (!isGlobal(cls) || !isGlobal(base) || args.length !== 3) throw wrongArguments(callee, context.offset);
  const object = new PyObject(cls, { args: state === null ? [] : [state] });
  if (isDict(state) && base.name === 'dict') object.entries = state;
  if (base.name === 'list') object.items = [...(elementsOf(state) ?? [])];
  context.charge(object.items?.length ?? 0);
  return object;
};

const encode: Call = (args, callee, context) => {
  const [text, encoding = 'utf-8'] = args;
  if (typeof text !== 'string' || args.length > 2) throw wrongArguments(callee, context.offset);
  if (!/^latin-?1$/i.test(asText(encoding) ?? '')) throw wrongArguments(callee, context.offset);
  // Characters are counted by the bytes of a word: encoding is much cheaper than an opcode.
  context.charge(text.length >> 4);
  const bytes = latin1(text);
  if (bytes === undefined) throw wrongArguments(callee, context.offset);
  return new PyBytes(bytes);
};

/** A constructor whose arguments are checked and kept: `datetime.date(b'...')` stays a record. */
function record(...accepts: readonly ((value: PyValue) => boolean)[]): CallableSpec {
  return {
    call: (args, callee, { offset }) => {
      if (args.length > accepts.length || args.some((value, i) => !accepts[i]?.(value)))
        throw wrongArguments(callee, offset);
      return new PyObject(callee, { args });
    },
  };
}

const packed = (length: number) => (value: PyValue) => asBytes(value)?.length === length || isInteger(value);
const text = (value: PyValue): boolean => typeof value === 'string';
const integer = (value: PyValue): boolean => isInteger(value) || typeof value === 'boolean';
const instance = (value: PyValue): boolean => isNode(value) && value.kind === 'object';
const number = (value: PyValue): boolean => asDouble(value) !== undefined;

const path: CallableSpec = {
  call: (args, callee, { offset }) => {
    if (!args.every(text)) throw wrongArguments(callee, offset);
    return new PyObject(callee, { args });
  },
};

/** A conversion that files use for one plain value. */
const plain =
  (empty: PyValue, convert: (value: PyValue) => PyValue | undefined): Call =>
  (args, callee, { offset }) => {
    const value = args.length === 0 ? empty : args.length === 1 ? convert(args[0] ?? null) : undefined;
    if (value === undefined) throw wrongArguments(callee, offset);
    return value;
  };

/** Callables of the standard library. */
export const BUILTIN_CALLABLES: CallableTable = new Map<string, CallableSpec>([
  ['builtins.set', { call: (...call) => new PySet(iterable(...call)) }],
  ['builtins.frozenset', { call: (...call) => new PySet(iterable(...call), true) }],
  ['builtins.list', { call: (...call) => new PyList([...iterable(...call)]) }],
  ['builtins.tuple', { call: (...call) => new PyTuple([...iterable(...call)]) }],
  ['builtins.dict', { call: makeDict('dict') }],
  ['builtins.bytes', { call: makeBytes(false) }],
  ['builtins.bytearray', { call: makeBytes(true) }],
  ['builtins.complex', { call: makeComplex }],
  ['builtins.range', { call: makeRange }],
  ['builtins.slice', { call: makeSlice }],
  ['builtins.int', { call: plain(0, (value) => (isInteger(value) ? value : undefined)) }],
  ['builtins.str', { call: plain('', (value) => (typeof value === 'string' ? value : undefined)) }],
  ['builtins.bool', { call: plain(false, (value) => (typeof value === 'boolean' ? value : undefined)) }],
  [
    'builtins.float',
    {
      call: plain(new PyFloat(0), (value) => {
        if (typeof value === 'string' && /^[+-]?(?:nan|inf)$/i.test(value))
          return new PyFloat(Number(value.replace(/inf/i, 'Infinity')));
        const double = asDouble(value);
        return double === undefined ? undefined : new PyFloat(double);
      }),
    },
  ],
  ['builtins.object', record()],
  ['collections.OrderedDict', { call: makeDict('OrderedDict') }],
  ['collections.Counter', { call: makeDict('Counter') }],
  ['collections.defaultdict', { names: [(name) => FACTORIES.has(name.path)], call: makeDefaultDict }],
  ['collections.deque', { call: makeDeque }],
  [
    'copyreg._reconstructor',
    {
      names: [(name) => name.status === 'class' || name.status === 'unknown', (name) => BASES.has(name.path)],
      call: reconstructor,
    },
  ],
  ['_codecs.encode', { call: encode }],
  ['datetime.date', record(packed(4), integer, integer)],
  ['datetime.datetime', record(packed(10), instance)],
  ['datetime.time', record(packed(6), instance)],
  ['datetime.timedelta', record(integer, integer, integer)],
  ['datetime.timezone', record(instance, text)],
  ['decimal.Decimal', record((value) => text(value) || number(value))],
  ['fractions.Fraction', record((value) => text(value) || integer(value), integer)],
  ['re._compile', record((value) => text(value) || asBytes(value) !== undefined, integer)],
  ['types.SimpleNamespace', record()],
  ['pathlib.PosixPath', path],
  ['pathlib.PurePosixPath', path],
  ['pathlib.WindowsPath', path],
  ['pathlib.PureWindowsPath', path],
  ['pathlib._local.PosixPath', path],
  ['pathlib._local.WindowsPath', path],
  // Never called here, and its function stays a name.
  [
    'functools.partial',
    {
      names: [() => true],
      call: (args, callee, { offset }) => {
        if (args.length !== 1 || isTuple(args[0])) throw wrongArguments(callee, offset);
        return new PyObject(callee, { args });
      },
    },
  ],
]);
