import { type Column, columnList, fromColumnList } from '../../data/column-list.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Label } from '../../spec/model.ts';
import { checkWidth } from './columns.ts';
import type { Estimator } from './estimator.ts';

/** A transformer of the packages around scikit-learn from a function over its columns, which must not change them. */
export function columnListTransformer(
  { className, names }: { readonly className: string; readonly names: readonly Label[] },
  transform: (columns: Column[], rows: number) => readonly Column[],
): Estimator {
  return {
    className,
    task: 'transformation',
    width: names.length,
    featureNames: names.every((name) => typeof name === 'string') ? names : undefined,
    transform(x: Dataset): Dataset {
      checkWidth(x, names.length, className);
      return fromColumnList(transform(columnList(x), x.rows), x.rows);
    },
  };
}
