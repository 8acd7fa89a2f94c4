import { DenseTensor } from '../data/dense-tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { readDataset } from '../data/read-dataset.ts';
import { SidecarError } from '../errors/sidecar-error.ts';
import type { ExtraFeatures, LoadedModel } from '../spec/model-loader.ts';
import type { Feeds, Label, Prediction, Task } from '../spec/model.ts';
import type { Rows } from '../spec/rows.ts';
import type { TensorLike } from '../spec/tensor.ts';
import { type CallInput, inputOf } from './call-frames.ts';
import type { Answer } from './answer-frame.ts';

/** Asks the worker. */
export type AskPython = (method: string, inputs: readonly CallInput[]) => Promise<Answer>;

/** Names of methods there and here. */
const ROW_METHODS = [
  ['predict_proba', 'predictProba'],
  ['predict_log_proba', 'predictLogProba'],
  ['decision_function', 'decisionFunction'],
  ['transform', 'transform'],
  ['score_samples', 'scoreSamples'],
] as const;

/**
 * A model whose methods are answered by Python, as the task describes it.
 *
 * @throws `ML_SIDECAR_PROTOCOL` where that is no description
 */
export function createPythonModel(
  about: Readonly<Record<string, unknown>>,
  ask: AskPython,
  extraFeatures: ExtraFeatures,
): LoadedModel {
  const { methods, columns, features, task, classes, inputs } = about;
  const names = Array.isArray(methods) ? methods.map(String) : [];
  if (names.length === 0) throw new SidecarError('ML_SIDECAR_PROTOCOL', 'the sidecar serves a model without methods');
  const info = {
    task: (task ?? 'unknown') as Task,
    engine: 'python',
    ...(Array.isArray(classes) && { classes: classes as Label[] }),
    ...(Array.isArray(features) && { featureNames: features.map(String) }),
    ...(Array.isArray(inputs) && { inputs }),
  };
  if (names.includes('run')) return { info, run: (feeds) => run(ask, feeds) };
  const schema = {
    width: typeof columns === 'number' ? columns : undefined,
    names: info.featureNames,
    extraFeatures,
  };
  const asked = async (method: string, rows: Rows): Promise<readonly TensorLike[]> => [
    ...(await ask(method, arraysOf(readDataset(rows, schema)))).values(),
  ];
  const tensors = ROW_METHODS.filter(([python]) => names.includes(python)).map(([python, own]) => [
    own,
    async (rows: Rows): Promise<TensorLike | readonly TensorLike[]> => {
      const found = (await asked(python, rows)).map((tensor) => DenseTensor.from(tensor));
      const [only] = found;
      return found.length === 1 && only !== undefined ? only : found;
    },
  ]);
  return {
    info,
    // What scikit-learn answers for a row depends on that row alone.
    rowsIndependent: true,
    ...(Object.fromEntries(tensors) as Partial<LoadedModel>),
    ...(names.includes('predict') && {
      predict: async (rows: Rows) => predictions((await asked('predict', rows))[0]),
    }),
  };
}

async function run(ask: AskPython, feeds: Feeds): Promise<Readonly<Record<string, TensorLike>>> {
  const answer = await ask(
    'run',
    Object.entries(feeds).map(([name, tensor]) => inputOf(name, tensor)),
  );
  return Object.fromEntries(Array.from(answer, ([name, tensor]) => [name, DenseTensor.from(tensor)]));
}

/** A matrix where all is numbers, else one array per column under its place. */
function arraysOf(data: Dataset): readonly CallInput[] {
  const { rows, cols } = data;
  if (data.kind === 'dense') return [{ name: 'matrix', type: 'float64', dims: [rows, cols], data: data.data }];
  if (data.kind === 'csr') throw new SidecarError('ML_SIDECAR_PROTOCOL', 'sparse rows are not sent to Python');
  return Array.from({ length: cols }, (_, j) => {
    const texts = data.objects[j];
    const name = String(j);
    if (texts !== undefined) return { name, type: 'string', dims: [rows], texts };
    return { name, type: 'float64', dims: [rows], data: data.numericColumn(j) };
  });
}

/** One prediction per row: a number, a text, a boolean, or an array of them for several outputs. */
function predictions(tensor: TensorLike | undefined): ArrayLike<Prediction> {
  if (tensor === undefined) return [];
  const { data, shape, dtype } = tensor;
  const own: ((value: unknown) => Prediction) | undefined =
    dtype === 'bool' ? Boolean : dtype === 'int64' ? Number : undefined;
  const plain = own === undefined ? data : Array.from(data as ArrayLike<unknown>, own);
  if (shape.length < 2) return plain as ArrayLike<Prediction>;
  return DenseTensor.from({ ...tensor, data: plain }).toArray() as Prediction[];
}
