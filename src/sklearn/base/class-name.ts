import type { PyGlobal } from '../../formats/pickle/nodes.ts';

/**
 * The public name of a class, whichever private module its version kept it in:
 * `sklearn.linear_model._logistic.LogisticRegression` and `sklearn.linear_model.logistic.LogisticRegression`
 * are both `sklearn.linear_model.LogisticRegression`; `xgboost.sklearn.XGBClassifier` is `xgboost.XGBClassifier`.
 */
export function publicName(cls: Pick<PyGlobal, 'module' | 'name'>): string {
  const segments = cls.module.split('.');
  const [root = ''] = segments;
  const keep = root === 'sklearn' || root === 'imblearn' ? 2 : 1;
  return `${segments.slice(0, keep).join('.')}.${cls.name}`;
}
