import { DenseTensor } from '../data/dense-tensor.ts';
import { countRows } from '../data/rows.ts';
import type { Awaitable, LoadedInfo, LoadedModel, RowFunction } from '../spec/model-loader.ts';
import type { CallOptions, Feeds, Label, ModelInfo, ModelMethod, Prediction, RowMethod } from '../spec/model.ts';
import type { Row, Rows } from '../spec/rows.ts';
import type { StoredTensor } from '../spec/stored-tensor.ts';
import type { TensorLike } from '../spec/tensor.ts';

/** A matrix as tests write it: one array per row, or one number per row. */
export type FakeMatrix = readonly (readonly number[] | number)[];

/**
 * Answers of a row method that gives a matrix: one per row (from the start again when there are
 * more rows), or a function of the rows.
 */
export type MatrixAnswers = FakeMatrix | ((rows: Rows, options: CallOptions) => Awaitable<FakeMatrix | TensorLike>);

/** What a fake model answers. It has the methods that are given, no others. */
export interface FakeModelOptions<R = Row> {
  /** One prediction per row (from the start again when there are more rows), or a function of the rows. */
  readonly predict?:
    | readonly Prediction[]
    | ((rows: readonly R[], options: CallOptions) => Awaitable<ArrayLike<Prediction>>);
  readonly predictProba?: MatrixAnswers;
  readonly predictLogProba?: MatrixAnswers;
  readonly decisionFunction?: MatrixAnswers;
  readonly transform?: MatrixAnswers;
  readonly inverseTransform?: MatrixAnswers;
  readonly scoreSamples?: MatrixAnswers;
  readonly apply?: MatrixAnswers;
  readonly run?: (feeds: Feeds, options: CallOptions) => Awaitable<Readonly<Record<string, TensorLike>>>;
  readonly classes?: readonly Label[];
  readonly featureNames?: readonly string[];
  readonly task?: ModelInfo['task'];
  /** Bytes that the cache counts. Default: the size of the file. */
  readonly byteSize?: number;
  readonly parts?: Readonly<Record<string, LoadedModel>>;
  /** Tensors by name, as of a state dict. */
  readonly tensors?: Readonly<Record<string, Omit<StoredTensor, 'name'>>>;
}

/** One call that a fake model got. */
export interface FakeCall {
  readonly method: ModelMethod | 'tensor';
  /** The rows, feeds or tensor's name, as the caller passed them. */
  readonly input: unknown;
  readonly options: CallOptions;
}

/** A model that answers as it was told and remembers what it was asked. */
export interface FakeModel extends LoadedModel {
  /** Every call, in order. */
  readonly calls: readonly FakeCall[];
  /** How often it was disposed: once per load, where all is well. */
  readonly disposals: number;
}

const MATRIX_METHODS: readonly Exclude<RowMethod, 'predict'>[] = [
  'predictProba',
  'predictLogProba',
  'decisionFunction',
  'transform',
  'inverseTransform',
  'scoreSamples',
  'apply',
];

/**
 * A loaded model without a file, for unit tests.
 *
 * ```ts
 * const model = createFakeModel({ predict: (rows) => rows.map((row) => (row.amount > 100 ? 1 : 0)) });
 * ```
 */
export function createFakeModel<R = Row>(options: FakeModelOptions<R> = {}): FakeModel {
  const calls: FakeCall[] = [];
  let disposals = 0;
  const methods: Partial<Record<Exclude<RowMethod, 'predict'>, RowFunction>> = {};
  for (const method of MATRIX_METHODS) {
    const answers = options[method];
    if (answers === undefined) continue;
    methods[method] = (rows, callOptions) => {
      calls.push({ method, input: rows, options: callOptions });
      if (typeof answers !== 'function') return matrix(perRow(answers, rows));
      return later(answers(rows, callOptions), (answer) => ('data' in answer ? answer : matrix(answer)));
    };
  }
  const { predict, run } = options;
  return {
    ...methods,
    ...(predict !== undefined && {
      predict(rows: Rows, callOptions: CallOptions) {
        calls.push({ method: 'predict', input: rows, options: callOptions });
        // Rows reach a fake model as the caller gave them, so their type is the test author's to know.
        return typeof predict === 'function' ? predict(rows as readonly R[], callOptions) : perRow(predict, rows);
      },
    }),
    ...(run !== undefined && {
      run(feeds: Feeds, callOptions: CallOptions) {
        calls.push({ method: 'run', input: feeds, options: callOptions });
        return run(feeds, callOptions);
      },
    }),
    ...(options.tensors !== undefined && tensorsOf(options.tensors, calls)),
    ...(options.byteSize !== undefined && { byteSize: options.byteSize }),
    ...(options.parts !== undefined && { parts: new Map(Object.entries(options.parts)) }),
    info: infoOf(options),
    calls,
    get disposals() {
      return disposals;
    },
    dispose() {
      disposals += 1;
    },
  };
}

function tensorsOf(
  given: Readonly<Record<string, Omit<StoredTensor, 'name'>>>,
  calls: FakeCall[],
): Pick<LoadedModel, 'tensors' | 'tensor'> {
  const tensors = new Map(Object.entries(given));
  return {
    tensors,
    tensor(name, options) {
      calls.push({ method: 'tensor', input: name, options });
      return { name, ...(tensors.get(name) as Omit<StoredTensor, 'name'>) };
    },
  };
}

function infoOf<R>({ task, classes, featureNames }: FakeModelOptions<R>): LoadedInfo {
  return {
    engine: 'fake',
    ...(task !== undefined && { task }),
    ...(classes !== undefined && { classes }),
    ...(featureNames !== undefined && { featureNames }),
  };
}

function perRow<T>(answers: readonly T[], rows: Rows): T[] {
  const count = countRows(rows) ?? answers.length;
  return Array.from({ length: answers.length === 0 ? 0 : count }, (_, i) => answers[i % answers.length] as T);
}

function matrix(rows: FakeMatrix): TensorLike {
  const [first] = rows;
  const shape = typeof first === 'object' ? [rows.length, first.length] : [rows.length];
  return new DenseTensor(Float64Array.from(rows.flat()), shape, 'float64');
}

/** Keeps what is there at once at once, so that a fake model is as synchronous as its author wrote it. */
function later<T, U>(value: Awaitable<T>, convert: (value: T) => U): Awaitable<U> {
  return isThenable(value) ? value.then(convert) : convert(value);
}

function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
