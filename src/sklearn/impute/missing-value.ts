import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { labelOf } from '../base/labels.ts';

/**
 * Whether a value is what an imputer takes as missing. NaN, None and pandas.NA are all that a caller
 * can mean by `null`, whichever of them the model was fitted with; anything else is compared.
 */
export interface MissingTest {
  (value: unknown): boolean;
  /** Set where `null` and NaN are what is missing. */
  readonly empty: boolean;
  /** Set where it is this number. */
  readonly number: number | undefined;
}

/** Reads `missing_values`, which is the text "NaN" in the Imputer of scikit-learn 0.19. */
export function missingTest(state: EstimatorState): MissingTest {
  const value = state.get('missing_values');
  const legacy = value === 'NaN' && state.className === 'sklearn.preprocessing.Imputer';
  if (value === null || value === undefined || legacy || isPandasNA(value)) return emptyTest();
  const label = labelOf(value);
  if (Number.isNaN(label)) return emptyTest();
  const number = typeof label === 'number' || typeof label === 'boolean' ? Number(label) : undefined;
  return Object.assign((x: unknown) => (typeof x === 'boolean' ? Number(x) === number : x === (number ?? label)), {
    empty: false,
    number,
  });
}

function emptyTest(): MissingTest {
  return Object.assign((x: unknown) => x === null || x === undefined || Number.isNaN(x), {
    empty: true,
    number: undefined,
  });
}

/** `pandas.NA`, which pickles keep as a name or as an object of its class. */
function isPandasNA(value: PyValue): boolean {
  if (!isNode(value)) return false;
  if (value.kind === 'global') return value.path === 'pandas._libs.missing.NA';
  return value.kind === 'object' && value.cls.path === 'pandas._libs.missing.NAType';
}
