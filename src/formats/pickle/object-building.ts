// What the opcodes that call, construct and fill objects do with inert values.
import { MaskedArray } from '../npy/masked-array.ts';
import { NdArray } from '../npy/nd-array.ts';
import { NumpyDType } from '../npy/numpy-dtype.ts';
import { isDict, isGlobal, isTuple } from './arguments.ts';
import type { CallContext } from './callable-spec.ts';
import { callableSpec } from './global-table.ts';
import { DICT_CLASSES } from './known-classes.ts';
import { isNode, keyWeight, type PyGlobal, PyList, PyObject, type PyValue } from './nodes.ts';
import { setNumpyState } from './numpy-state.ts';
import { malformed, unsafe } from './problems.ts';
import { PyDict, PySet } from './py-dict.ts';

const name = (value: PyGlobal): { module: string; name: string } => ({ module: value.module, name: value.name });

/** What stands on the stack where a callable was expected, for messages. */
function describe(value: PyValue | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  return typeof value === 'object' ? `a ${value.kind}` : `a ${typeof value}`;
}

/**
 * REDUCE, INST and OBJ: the value of calling an allowed callable, from its implementation here.
 *
 * @throws FormatError `ML_FORMAT_UNSAFE` for any other callable, and for a class or function passed to an allowed one
 * where it would be called; `ML_FORMAT_MALFORMED` for wrong arguments.
 */
export function callAllowed(callee: PyValue | undefined, args: readonly PyValue[], context: CallContext): PyValue {
  if (!isGlobal(callee)) throw unsafe(`would call ${describe(callee)}`, context.offset);
  const spec = callee.status === 'callable' ? callableSpec(callee.path) : undefined;
  if (spec === undefined) throw unsafe(`would call ${callee.path}`, context.offset, name(callee));
  for (const [position, argument] of args.entries()) {
    if (isGlobal(argument) && spec.names?.[position]?.(argument) !== true) {
      throw unsafe(`would pass ${argument.path} to ${callee.path}`, context.offset, name(argument));
    }
  }
  return spec.call(args, callee, context);
}

/** NEWOBJ and NEWOBJ_EX: a record of the class. Classes with a meaning of their own (a set) get it. */
export function newObject(
  cls: PyValue | undefined,
  args: readonly PyValue[],
  kwargs: PyDict | undefined,
  context: CallContext,
): PyValue {
  if (!isGlobal(cls)) throw malformed(`an object of ${describe(cls)} is made`, context.offset);
  if (cls.status === 'value') throw malformed(`an object of the function ${cls.path} is made`, context.offset);
  if (cls.status === 'callable' && kwargs === undefined) return callAllowed(cls, args, context);
  for (const argument of args) {
    if (isGlobal(argument) && cls.status !== 'class') {
      throw unsafe(`would pass ${argument.path} to ${cls.path}`, context.offset, name(argument));
    }
  }
  return new PyObject(cls, kwargs === undefined ? { args } : { args, kwargs });
}

/** BUILD: sets the state of the target. */
export function buildObject(target: PyValue | undefined, state: PyValue, context: CallContext): void {
  const { offset } = context;
  if (!isNode(target)) throw malformed(`${describe(target)} is given a state`, offset);
  if (target instanceof NumpyDType || target instanceof NdArray || target instanceof MaskedArray) {
    setNumpyState(target, state, context);
    return;
  }
  if (target.kind === 'global') throw unsafe(`would change ${target.path} itself`, offset, name(target));
  checkState(state, offset);
  if (target.kind === 'dict' && target.type !== 'dict') {
    target.attributes = state;
  } else if (target.kind === 'object') {
    if (target.state !== undefined) throw malformed(`an object of ${target.cls.path} is given a state twice`, offset);
    target.state = state;
  } else {
    throw malformed(`${describe(target)} is given a state`, offset);
  }
}

/** The attributes with such names that real instances have: documentation strings and type hints. */
const HARMLESS_ATTRIBUTES: ReadonlySet<string> = new Set(['__doc__', '__orig_class__']);

/** Attribute names must be text, and none may be one through which Python changes what an object is. */
function checkState(state: PyValue, offset: number): void {
  const parts = isTuple(state) && state.items.length === 2 ? state.items : [state];
  for (const part of parts) {
    if (!isDict(part)) continue;
    for (const key of part.keys()) {
      // Other keys are possible where a class takes its state apart itself; as attributes they would be refused.
      if (
        typeof key === 'string' &&
        key.length > 4 &&
        key.startsWith('__') &&
        key.endsWith('__') &&
        !HARMLESS_ATTRIBUTES.has(key)
      ) {
        throw unsafe(`would set the attribute ${JSON.stringify(key.slice(0, 80))}`, offset);
      }
      if (typeof key !== 'string' && part === state) throw malformed('an attribute name is no text', offset);
    }
  }
}

/** APPEND and APPENDS: only lists, deques and records of classes that are not known to be something else. */
export function appendItems(target: PyValue | undefined, items: readonly PyValue[], offset: number): void {
  if (target instanceof PyList) {
    for (const item of items) target.items.push(item);
  } else if (target instanceof PyObject && target.cls.status === 'unknown') {
    target.items ??= [];
    for (const item of items) target.items.push(item);
  } else {
    throw malformed(`items are appended to ${describe(target)}`, offset);
  }
}

/** SETITEM and SETITEMS: only dictionaries, and records of classes that are or may be dictionaries. */
export function setItems(target: PyValue | undefined, pairs: readonly PyValue[], context: CallContext): void {
  const { offset } = context;
  let dict: PyDict | undefined;
  if (target instanceof PyDict) dict = target;
  else if (target instanceof PyObject && (target.cls.status === 'unknown' || DICT_CLASSES.has(target.cls.path))) {
    dict = target.entries ??= new PyDict();
  }
  if (dict === undefined) throw malformed(`items are set in ${describe(target)}`, offset);
  if (pairs.length % 2 !== 0) throw malformed('a key has no value', offset);
  for (let i = 0; i < pairs.length; i += 2) {
    const key = pairs[i] as PyValue;
    context.charge(keyWeight(key));
    dict.set(key, pairs[i + 1] as PyValue);
  }
}

/** ADDITEMS: only sets that may change. */
export function addItems(target: PyValue | undefined, items: readonly PyValue[], context: CallContext): void {
  if (!(target instanceof PySet) || target.frozen)
    throw malformed(`items are added to ${describe(target)}`, context.offset);
  for (const item of items) {
    context.charge(keyWeight(item));
    target.add(item);
  }
}

/** FROZENSET. */
export function frozenSet(items: readonly PyValue[], context: CallContext): PySet {
  for (const item of items) context.charge(keyWeight(item));
  return new PySet(items, true);
}
