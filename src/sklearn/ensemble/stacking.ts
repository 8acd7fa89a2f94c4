import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { stackColumns, stackSparse } from '../../data/stack-columns.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/** What a member contributes to the input of the final estimator, column by column. */
type Source = (x: Dataset) => readonly DenseMatrix[];

/**
 * The final estimator over the members' outputs side by side: predictions, scores, or probabilities (of two classes
 * only the second); with `passthrough` the input follows. The final estimator knows classes by their index.
 *
 * Source: sklearn/ensemble/_stacking.py, `StackingClassifier`.
 */
export function stackingClassifier(state: EstimatorState): Estimator {
  const encoder = state.firstOf('_label_encoder', '_le');
  const classes = state.has('classes_') ? state.labels('classes_') : state.part(encoder).labels('classes_');
  const { final, members, transform } = read(state, classes.length === 2);
  return {
    className: state.className,
    task: classes.length === 2 ? 'binary-classification' : 'multiclass-classification',
    width: state.width ?? members[0]?.width,
    featureNames: state.featureNames ?? members[0]?.featureNames,
    classes,
    transform,
    ...finalMethods(final, transform, classes),
  };
}

/**
 * The final estimator over the members' predictions side by side; with `passthrough` the input follows.
 *
 * Source: sklearn/ensemble/_stacking.py, `StackingRegressor`.
 */
export function stackingRegressor(state: EstimatorState): Estimator {
  const { final, members, transform } = read(state, false);
  return {
    className: state.className,
    task: 'regression',
    width: state.width ?? members[0]?.width,
    featureNames: state.featureNames ?? members[0]?.featureNames,
    transform,
    ...finalMethods(final, transform, undefined),
  };
}

function read(
  state: EstimatorState,
  binary: boolean,
): {
  readonly final: Estimator;
  readonly members: readonly Estimator[];
  readonly transform: (x: Dataset) => Dataset;
} {
  const members = state.estimators('estimators_');
  const methods = state.strings('stack_method_');
  if (methods.length !== members.length) {
    throw state.unsupported(`${members.length} members with ${methods.length} methods`);
  }
  const sources = members.map((member, i) => {
    const source = sourceOf(member, methods[i] as string, binary);
    if (source === undefined) throw state.unsupported(`${methods[i]} of ${member.className} as a member`);
    return source;
  });
  const final = state.estimator('final_estimator_');
  return { final, members, transform: metaFeatures(state.className, sources, state.booleanOr('passthrough', false)) };
}

function sourceOf(member: Estimator, method: string, binary: boolean): Source | undefined {
  if (method === 'predict' && member.predict !== undefined) return predictionSource(member.predict.bind(member));
  if (method === 'decision_function' && member.decisionFunction !== undefined) {
    const decide = member.decisionFunction.bind(member);
    return (x) => {
      const scores = decide(x);
      return [scores instanceof Float64Array ? new DenseMatrix(x.rows, 1, scores) : scores];
    };
  }
  if (method !== 'predict_proba' || member.predictProba === undefined) return undefined;
  const predictProba = member.predictProba.bind(member);
  return (x) => {
    const probabilities = predictProba(x);
    if (!('kind' in probabilities)) return probabilities.map(withoutFirst);
    return [binary ? withoutFirst(probabilities) : probabilities];
  };
}

function predictionSource(predict: NonNullable<Estimator['predict']>): Source {
  return (x) => {
    const predictions = Array.from(predict(x));
    const outputs = Array.isArray(predictions[0]) ? predictions[0].length : 1;
    return [new DenseMatrix(x.rows, outputs, Float64Array.from(predictions.flat(), Number))];
  };
}

function withoutFirst({ rows, cols, data }: DenseMatrix): DenseMatrix {
  const out = new DenseMatrix(rows, cols - 1);
  for (let i = 0; i < rows; i++) out.data.set(data.subarray(i * cols + 1, (i + 1) * cols), i * (cols - 1));
  return out;
}

function metaFeatures(className: string, sources: readonly Source[], passthrough: boolean): (x: Dataset) => Dataset {
  return (x) => {
    const parts = sources.flatMap((source) => source(x));
    if (parts.some(({ rows }) => rows !== x.rows)) {
      throw new InputError('ML_INPUT_INVALID', `${className}: a member gave another number of rows`);
    }
    if (!passthrough) return stackColumns(parts, x.rows);
    return x.kind === 'csr' ? stackSparse([...parts, x], x.rows) : stackColumns([...parts, toDense(x)], x.rows);
  };
}

function finalMethods(
  final: Estimator,
  transform: (x: Dataset) => Dataset,
  classes: readonly Label[] | undefined,
): Partial<Pick<Estimator, 'predict' | 'predictProba' | 'decisionFunction'>> {
  const predict = final.predict?.bind(final);
  const predictProba = final.predictProba?.bind(final);
  const decisionFunction = final.decisionFunction?.bind(final);
  return {
    ...(predict !== undefined && {
      predict: (x: Dataset): ArrayLike<Prediction> => {
        const predictions = predict(transform(x));
        return classes === undefined
          ? predictions
          : Array.from(predictions, (index) => classes[Number(index)] as Label);
      },
    }),
    ...(classes !== undefined &&
      predictProba !== undefined && { predictProba: (x: Dataset) => predictProba(transform(x)) }),
    ...(classes !== undefined &&
      decisionFunction !== undefined && { decisionFunction: (x: Dataset) => decisionFunction(transform(x)) }),
  };
}
