import { CsrMatrix, type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { FormatError } from '../../errors/format-error.ts';
import { isNode } from '../../formats/pickle/nodes.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';

/** Output columns; more is no model that anybody trained. */
const MAX_OUTPUTS = 5_000_000;

/** One output: the product of a feature and an earlier output; `rest` -1 is 1, `feature` -1 the bias. */
interface Terms {
  readonly feature: Int32Array;
  readonly rest: Int32Array;
  /** Position among the outputs, or -1 for products that only serve later ones. */
  readonly output: Int32Array;
  readonly outputs: number;
}

/**
 * All products of features up to a degree, in order of degree: features may repeat unless
 * `interaction_only`; a column of ones first with `include_bias`.
 *
 * Source: sklearn/preprocessing/_polynomial.py, `PolynomialFeatures`.
 */
export function polynomialFeatures(state: EstimatorState): Estimator {
  const width = state.width ?? state.number('n_input_features_');
  const [low, high] = degrees(state);
  const terms = termsOf({
    width,
    low,
    high,
    repeat: !state.boolean('interaction_only'),
    bias: state.boolean('include_bias'),
  });
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform(x): Dataset {
      checkWidth(x, width, className);
      return x.kind === 'csr' ? expandCsr(x, terms) : expandDense(finiteInput(x, width, className), terms);
    },
  };
}

/** `degree`, which is a pair (lowest, highest) from 1.0 on where the user gave one. */
function degrees(state: EstimatorState): readonly [number, number] {
  const degree = state.get('degree');
  if (isNode(degree) && (degree.kind === 'tuple' || degree.kind === 'list')) {
    const [low, high] = state.ints('degree');
    return [low as number, high as number];
  }
  return [0, state.number('degree')];
}

interface Combinations {
  readonly width: number;
  readonly low: number;
  readonly high: number;
  readonly repeat: boolean;
  readonly bias: boolean;
}

/** Products of degree d are a feature times a product of degree d - 1 of features from it (or after it) on. */
function termsOf({ width, low, high, repeat, bias }: Combinations): Terms {
  const feature: number[] = [];
  const rest: number[] = [];
  const output: number[] = [];
  let outputs = 0;
  const add = (j: number, of: number, kept: boolean): void => {
    if (feature.length >= MAX_OUTPUTS) {
      throw new FormatError(
        'ML_FORMAT_LIMIT',
        `polynomial features of degree ${high} over ${width} columns are more than ${MAX_OUTPUTS}`,
      );
    }
    feature.push(j);
    rest.push(of);
    output.push(kept ? outputs++ : -1);
  };
  if (bias) add(-1, -1, true);
  // starts[j]: the first product of the last degree whose smallest feature is j.
  let starts: number[] = [];
  for (let degree = 1; degree <= high; degree++) {
    const next: number[] = [];
    const end = feature.length;
    for (let j = 0; j < width; j++) {
      next.push(feature.length);
      if (degree === 1) add(j, -1, degree >= low);
      else for (let at = starts[repeat ? j : j + 1] ?? end; at < end; at++) add(j, at, degree >= low);
    }
    starts = next;
  }
  return { feature: Int32Array.from(feature), rest: Int32Array.from(rest), output: Int32Array.from(output), outputs };
}

function products(row: Float64Array, { feature, rest }: Terms, out: Float64Array): void {
  for (let k = 0; k < feature.length; k++) {
    const j = feature[k] as number;
    const of = rest[k] as number;
    out[k] = j < 0 ? 1 : of < 0 ? (row[j] as number) : (out[of] as number) * (row[j] as number);
  }
}

function expandDense(x: DenseMatrix, terms: Terms): DenseMatrix {
  const { output, outputs } = terms;
  const out = new DenseMatrix(x.rows, outputs);
  const values = new Float64Array(output.length);
  for (let i = 0; i < x.rows; i++) {
    products(x.data.subarray(i * x.cols, (i + 1) * x.cols), terms, values);
    for (let k = 0; k < output.length; k++) {
      const at = output[k] as number;
      if (at >= 0) out.data[i * outputs + at] = values[k] as number;
    }
  }
  return out;
}

function expandCsr(x: CsrMatrix, terms: Terms): CsrMatrix {
  const { output, outputs } = terms;
  const values = new Float64Array(output.length);
  const row = new Float64Array(x.cols);
  const indptr = new Int32Array(x.rows + 1);
  const indices: number[] = [];
  const data: number[] = [];
  for (let i = 0; i < x.rows; i++) {
    row.fill(0);
    for (let at = x.indptr[i] as number; at < (x.indptr[i + 1] as number); at++) {
      const j = x.indices[at] as number;
      row[j] = (row[j] as number) + (x.data[at] as number);
    }
    products(row, terms, values);
    for (let k = 0; k < output.length; k++) {
      if (values[k] === 0 || (output[k] as number) < 0) continue;
      indices.push(output[k] as number);
      data.push(values[k] as number);
    }
    indptr[i + 1] = indices.length;
  }
  return new CsrMatrix([x.rows, outputs], { indptr, indices: Int32Array.from(indices), data: Float64Array.from(data) });
}
