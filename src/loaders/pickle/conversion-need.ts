import type { PythonFile } from '../../formats/joblib/read-python-file.ts';
import { PyObject } from '../../formats/pickle/nodes.ts';
import type { ConversionNeed } from '../../spec/converter.ts';
import { containerOf } from './container-items.ts';

/**
 * What converting a file with scikit-learn takes, or `undefined` where that makes no sense: the file holds no single
 * estimator, does not say which version wrote it, or needs code that scikit-learn does not have.
 */
export function conversionNeed({ root, sklearnVersion, unknown, globals }: PythonFile): ConversionNeed | undefined {
  if (!(root instanceof PyObject) || containerOf(root) !== undefined || sklearnVersion === undefined) return undefined;
  if (!isSklearn(root.cls.module) || !unknown.every(({ module }) => isSklearn(module))) return undefined;
  const names = [...new Set(globals.map(({ module, name }) => `${module}.${name}`))];
  return { framework: 'scikit-learn', version: sklearnVersion, names };
}

function isSklearn(module: string): boolean {
  return module === 'sklearn' || module.startsWith('sklearn.');
}
