// The inert values that a pickle becomes. None of them carries behaviour of the file: they are records to be read.
//
//   Python            here
//   None, bool        null, boolean
//   int               number where it is a safe integer, bigint otherwise
//   float             PyFloat, so that 1 and 1.0 stay apart
//   str               string
//   bytes, bytearray  PyBytes, a view of the input
//   anything else     one of the classes below, told apart by `kind` or `instanceof`
//
// Shared references stay shared and cycles are possible: whoever walks the graph keeps a set of what was seen.
import type { MaskedArray } from '../npy/masked-array.ts';
import type { NdArray } from '../npy/nd-array.ts';
import type { NumpyDType } from '../npy/numpy-dtype.ts';
import type { NumpyScalar } from '../npy/numpy-scalar.ts';
import type { PyDict, PySet } from './py-dict.ts';

/** Any value of a pickle. */
export type PyValue = null | boolean | number | bigint | string | PyNode;

/** The values that are objects here. */
export type PyNode =
  | PyFloat
  | PyBytes
  | PyTuple
  | PyList
  | PyDict
  | PySet
  | PyComplex
  | PySlice
  | PyRange
  | PyGlobal
  | PyObject
  | NdArray
  | NumpyScalar
  | NumpyDType
  | MaskedArray;

/** A Python `float`. */
export class PyFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  get kind(): 'float' {
    return 'float';
  }
}

/** A Python `bytes` or `bytearray`. `data` is usually a view of the file. */
export class PyBytes {
  readonly data: Uint8Array;
  /** Whether it is a `bytearray`. */
  readonly mutable: boolean;

  constructor(data: Uint8Array, mutable = false) {
    this.data = data;
    this.mutable = mutable;
  }

  get kind(): 'bytes' {
    return 'bytes';
  }
}

/** A Python `tuple`. */
export class PyTuple {
  readonly items: readonly PyValue[];
  /** What comparing it with another costs at most; known at once, so that no key has to be walked to find out. */
  readonly weight: number;

  constructor(items: readonly PyValue[]) {
    this.items = items;
    let weight = 1;
    for (const item of items) weight += keyWeight(item);
    this.weight = weight;
  }

  get kind(): 'tuple' {
    return 'tuple';
  }
}

/** A Python `list` or `collections.deque`. */
export class PyList {
  readonly items: PyValue[];
  readonly type: 'list' | 'deque';

  constructor(items: PyValue[] = [], type: 'list' | 'deque' = 'list') {
    this.items = items;
    this.type = type;
  }

  get kind(): 'list' {
    return 'list';
  }
}

/** A Python `complex`. */
export class PyComplex {
  readonly re: number;
  readonly im: number;

  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }

  get kind(): 'complex' {
    return 'complex';
  }
}

/** A Python `slice`; the parts are ints, `null` or, in theory, anything. */
export class PySlice {
  readonly start: PyValue;
  readonly stop: PyValue;
  readonly step: PyValue;

  constructor(start: PyValue, stop: PyValue, step: PyValue) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  get kind(): 'slice' {
    return 'slice';
  }
}

/** A Python `range`. */
export class PyRange {
  readonly start: number | bigint;
  readonly stop: number | bigint;
  readonly step: number | bigint;

  constructor(start: number | bigint, stop: number | bigint, step: number | bigint) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  get kind(): 'range' {
    return 'range';
  }
}

/**
 * How a name is known: `callable` has an implementation here, `class` is read as a plain record,
 * `value` is a function that files refer to without calling it, `unknown` is none of these.
 */
export type GlobalStatus = 'callable' | 'class' | 'value' | 'unknown';

/** A class or function that the file names. One node per name and stream. */
export class PyGlobal {
  /** As it is written today: `__builtin__` of Python 2 is `builtins`, `_loss` is `sklearn._loss._loss`. */
  readonly module: string;
  readonly name: string;
  readonly status: GlobalStatus;
  /** Where the file first names it. */
  readonly offset: number;

  constructor(module: string, name: string, status: GlobalStatus, offset: number) {
    this.module = module;
    this.name = name;
    this.status = status;
    this.offset = offset;
  }

  get kind(): 'global' {
    return 'global';
  }

  /** `module.name`. */
  get path(): string {
    return `${this.module}.${this.name}`;
  }
}

/** What an object may have besides its class and arguments. */
export interface PyObjectFields {
  readonly args?: readonly PyValue[];
  readonly kwargs?: PyDict;
  readonly state?: PyValue;
}

/**
 * An instance of a class as the file describes it: what would be passed to the constructor, the state that
 * would be set, and the items of subclasses of `list` and `dict`. Nothing was constructed.
 * Where `cls.status` is `unknown`, reading it further is an error of the reader's choice.
 */
export class PyObject {
  readonly cls: PyGlobal;
  readonly args: readonly PyValue[];
  readonly kwargs: PyDict | undefined;
  /** What BUILD gave: usually a `PyDict` of attributes. `undefined` where there was none. */
  state: PyValue | undefined;
  /** What was appended, for classes derived from `list`. */
  items: PyValue[] | undefined;
  /** What was set by key, for classes derived from `dict`. */
  entries: PyDict | undefined;

  constructor(cls: PyGlobal, fields: PyObjectFields = {}) {
    this.cls = cls;
    this.args = fields.args ?? [];
    this.kwargs = fields.kwargs;
    this.state = fields.state;
    this.items = undefined;
    this.entries = undefined;
  }

  get kind(): 'object' {
    return 'object';
  }

  /** An attribute of the state, whether it was kept in `__dict__` or in slots. `undefined` where it is absent. */
  attr(name: string): PyValue | undefined {
    const { state } = this;
    if (typeof state !== 'object' || state === null) return undefined;
    if (state.kind === 'dict') return state.get(name);
    if (state.kind !== 'tuple' || state.items.length !== 2) return undefined;
    for (const part of state.items) {
      const value = typeof part === 'object' && part?.kind === 'dict' ? part.get(name) : undefined;
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The state where it is a dictionary of attributes, as nearly always. */
  get attributes(): PyDict | undefined {
    const { state } = this;
    if (typeof state !== 'object' || state === null) return undefined;
    if (state.kind === 'dict') return state;
    const first = state.kind === 'tuple' ? state.items[0] : undefined;
    return typeof first === 'object' && first?.kind === 'dict' ? first : undefined;
  }
}

/** The cost of a value as a key of a dictionary or set, in parts of tuples and pieces of 16 characters or bytes. */
export function keyWeight(value: PyValue): number {
  if (typeof value === 'string') return 1 + (value.length >> 4);
  if (typeof value !== 'object' || value === null) return 1;
  if (value.kind === 'tuple') return value.weight;
  return value.kind === 'bytes' ? 1 + (value.data.length >> 4) : 1;
}

/** Whether a value is an object node (not null and not a JavaScript primitive). */
export function isNode(value: PyValue | undefined): value is PyNode {
  return typeof value === 'object' && value !== null;
}
