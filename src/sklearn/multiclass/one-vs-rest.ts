import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import { matrixOfColumns } from '../base/columns-matrix.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { type BinaryScores, binaryScores, secondOf } from './binary-scores.ts';

/**
 * One binary member per class. The class with the largest score, the last of equals before 1.8 and the first since; of two
 * classes, and for each of
 * several labels, the only member's threshold decides. Probabilities are the members', normalised unless multilabel.
 *
 * Source: sklearn/multiclass.py, `OneVsRestClassifier`.
 */
export function oneVsRestClassifier(state: EstimatorState): Estimator {
  const binarizer = state.part('label_binarizer_');
  const classes = binarizer.labels('classes_');
  const kind = binarizer.string('y_type_');
  const multilabel = kind.startsWith('multilabel');
  const members = state.estimators('estimators_');
  const [first] = members;
  if (first === undefined) throw state.unsupported('a file without members');
  const scores = members.map((member) => binaryScores(state, member));
  const predict = multilabel
    ? (x: Dataset): Prediction[] => indicators(x, scores)
    : kind === 'multiclass'
      ? (x: Dataset): Prediction[] => largest(x, scores, { classes, first: atLeast(state.version, 1, 8) })
      : (x: Dataset): Prediction[] => indicators(x, scores).map(([on]) => classes[on as 0 | 1] as Label);
  const sized = members.find((member) => member.width !== undefined);
  return {
    className: state.className,
    task: multilabel ? 'multilabel-classification' : classTask(classes),
    width: state.width ?? sized?.width,
    featureNames: state.featureNames ?? sized?.featureNames,
    ...(!multilabel && { classes }),
    predict,
    ...probabilitiesOf(state, members, multilabel),
    ...decisionOf(state, members),
  };
}

function indicators(x: Dataset, members: readonly BinaryScores[]): number[][] {
  // As in scikit-learn, the first member's kind of score sets the threshold of all.
  const threshold = members[0]?.threshold ?? 0;
  const columns = members.map(({ scores }) => scores(x));
  return Array.from({ length: x.rows }, (_, i) => columns.map((column) => Number((column[i] as number) > threshold)));
}

function largest(
  x: Dataset,
  members: readonly BinaryScores[],
  { classes, first }: { readonly classes: readonly Label[]; readonly first: boolean },
): Label[] {
  const best = new Float64Array(x.rows).fill(Number.NEGATIVE_INFINITY);
  const index = new Int32Array(x.rows);
  for (const [k, { scores }] of members.entries()) {
    for (const [i, score] of scores(x).entries()) {
      if (score < (best[i] as number) || (first && score === best[i])) continue;
      best[i] = score;
      index[i] = k;
    }
  }
  return Array.from(index, (k) => classes[k] as Label);
}

function probabilitiesOf(
  state: EstimatorState,
  members: readonly Estimator[],
  multilabel: boolean,
): Pick<Estimator, 'predictProba'> {
  if (members[0]?.predictProba === undefined) return {};
  const sources = members.map(({ predictProba, className }) => {
    if (predictProba === undefined) throw state.unsupported(`${className} as a member, which has no probabilities,`);
    return predictProba;
  });
  // Rows without any probability are 0/0 before 1.7 and stay zero since.
  const guarded = atLeast(state.version, 1, 7);
  return {
    predictProba(x) {
      const columns = sources.map((source) => secondOf(state, source(x)));
      const [only] = columns;
      if (columns.length === 1 && only !== undefined) columns.unshift(only.map((p) => 1 - p));
      const out = matrixOfColumns(columns, x.rows);
      return multilabel ? out : normalised(out, guarded);
    },
  };
}

function normalised(m: DenseMatrix, guarded: boolean): DenseMatrix {
  for (let i = 0; i < m.rows; i++) {
    const row = m.data.subarray(i * m.cols, (i + 1) * m.cols);
    const sum = row.reduce((a, b) => a + b, 0);
    if (sum !== 0 || !guarded) for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) / sum;
  }
  return m;
}

function decisionOf(state: EstimatorState, members: readonly Estimator[]): Pick<Estimator, 'decisionFunction'> {
  const sources = members.map(({ decisionFunction }) => decisionFunction);
  const [first] = sources;
  if (first === undefined) return {};
  if (sources.length === 1) return { decisionFunction: first };
  return {
    decisionFunction(x) {
      const columns = sources.map((source) => {
        const scores = source?.(x);
        if (scores === undefined || scores instanceof DenseMatrix)
          throw state.unsupported('a member without one score a row');
        return scores;
      });
      return matrixOfColumns(columns, x.rows);
    },
  };
}
