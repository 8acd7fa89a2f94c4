import { NdArray } from '../../../src/formats/npy/nd-array.ts';
import { NumpyDType } from '../../../src/formats/npy/numpy-dtype.ts';
import { PyFloat, PyGlobal, PyList, PyObject, PyTuple, type PyValue } from '../../../src/formats/pickle/nodes.ts';
import { PyDict } from '../../../src/formats/pickle/py-dict.ts';
import { ConstructContext } from '../../../src/sklearn/base/construct.ts';
import type { Estimator } from '../../../src/sklearn/base/estimator.ts';
import { ESTIMATORS } from '../../../src/sklearn/estimators.ts';

/** An object of a class with attributes, as the reader of pickles gives it. */
export function object(path: string, attributes: Readonly<Record<string, PyValue>>): PyObject {
  const at = path.lastIndexOf('.');
  const state = new PyDict();
  for (const [name, value] of Object.entries(attributes)) state.set(name, value);
  return new PyObject(global(path.slice(0, at), path.slice(at + 1)), { state });
}

export function global(module: string, name: string): PyGlobal {
  return new PyGlobal(module, name, 'value', 0);
}

/** A numpy array of doubles. */
export function doubles(values: readonly number[], shape: readonly number[] = [values.length]): NdArray {
  const bytes = new Uint8Array(Float64Array.from(values).buffer);
  return new NdArray({ dtype: NumpyDType.parse('<f8'), shape, bytes });
}

/** A numpy array of objects. */
export function objects(values: readonly PyValue[]): NdArray {
  return new NdArray({ dtype: NumpyDType.parse('|O'), shape: [values.length], objects: values });
}

export const list = (...items: PyValue[]): PyList => new PyList(items);
export const tuple = (...items: PyValue[]): PyTuple => new PyTuple(items);
export const float = (value: number): PyFloat => new PyFloat(value);

export function estimatorOf(root: PyObject): Estimator {
  return new ConstructContext(ESTIMATORS).construct(root, { path: '', version: undefined });
}
