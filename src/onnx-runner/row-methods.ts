import { DenseTensor } from '../data/dense-tensor.ts';
import type { LoadedModel, RowFunction } from '../spec/model-loader.ts';
import type { Label, Prediction } from '../spec/model.ts';
import { classAt, decodeLabels, type LabelCodec, toLabel } from './label-codec.ts';
import { argmax, asMatrix, asVector, bothClasses, joinColumns, logarithm } from './matrix.ts';
import type { RowRunner } from './row-runner.ts';

/** Which output of the graph answers which question, by name. */
export interface OutputRoles {
  /** Class or cluster of a row. */
  readonly label?: string;
  /** One output `[rows, classes]`, or one per class. */
  readonly probabilities?: string | readonly string[];
  /** Decision function. */
  readonly scores?: string;
  /** Predicted value or values of a regressor. */
  readonly value?: string;
  /** Transformed features. */
  readonly transform?: string;
}

type RowMethods = Pick<LoadedModel, 'predict' | 'predictProba' | 'predictLogProba' | 'decisionFunction' | 'transform'>;

/** The methods that the outputs of a graph allow; a method without an output is absent. */
export function rowMethods(roles: OutputRoles, runner: RowRunner, labels: LabelCodec): RowMethods {
  const probabilities =
    roles.probabilities === undefined ? undefined : probabilityFunction(roles.probabilities, runner, labels);
  const predict = predictFunction(roles, { runner, labels, probabilities });
  const { scores, transform } = roles;
  return {
    ...(predict === undefined ? {} : { predict }),
    ...(probabilities === undefined
      ? {}
      : {
          predictProba: probabilities,
          predictLogProba: async (rows, options) => logarithm(await probabilities(rows, options)),
        }),
    ...(scores === undefined
      ? {}
      : { decisionFunction: async (rows, options) => asVector(await runner.one(rows, scores, options)) }),
    ...(transform === undefined
      ? {}
      : { transform: async (rows, options) => asMatrix(await runner.one(rows, transform, options)) }),
  };
}

type MatrixFunction = (...args: Parameters<RowFunction>) => Promise<DenseTensor>;

interface PredictParts {
  readonly runner: RowRunner;
  readonly labels: LabelCodec;
  readonly probabilities: MatrixFunction | undefined;
}

function predictFunction(roles: OutputRoles, parts: PredictParts): LoadedModel['predict'] {
  const { runner, labels, probabilities } = parts;
  const { label, value } = roles;
  if (label !== undefined) {
    return async (rows, options) => decodeLabels(await runner.one(rows, label, options), labels.decode);
  }
  if (value !== undefined) {
    return async (rows, options) => decodeLabels(await runner.one(rows, value, options), toLabel);
  }
  if (probabilities === undefined) return undefined;
  return async (rows, options): Promise<Prediction[]> => {
    const matrix = await probabilities(rows, options);
    return Array.from(
      { length: matrix.shape[0] ?? 0 },
      (_, row): Label => classAt(labels.classes, argmax(matrix, row)),
    );
  };
}

/** Probabilities as `[rows, classes]`, whatever form the graph gives them in. */
function probabilityFunction(
  output: string | readonly string[],
  runner: RowRunner,
  labels: LabelCodec,
): MatrixFunction {
  if (typeof output === 'string') {
    return async (rows, options) => {
      const matrix = asMatrix(await runner.one(rows, output, options));
      if (matrix.shape[1] === 1) return bothClasses(matrix);
      // No rows went through the engine: the graph may not say how many columns there would be.
      return matrix.shape[0] === 0
        ? new DenseTensor(matrix.data, [0, labels.classes?.length ?? matrix.shape[1] ?? 0], matrix.dtype)
        : matrix;
    };
  }
  return async (rows, options) => joinColumns(await runner.several(rows, output, options));
}
