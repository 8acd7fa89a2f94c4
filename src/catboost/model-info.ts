import type { Label } from '../spec/model.ts';
import type { CatboostModel } from './catboost-model.ts';
import { modelError } from './model-error.ts';

const CLASSIFICATION: ReadonlySet<string> = new Set([
  'Logloss',
  'CrossEntropy',
  'Focal',
  'MultiClass',
  'MultiClassOneVsAll',
  'MultiLogloss',
  'MultiCrossEntropy',
]);
const MULTI_LABEL: ReadonlySet<string> = new Set(['MultiLogloss', 'MultiCrossEntropy']);
/** Labels and values per row that a file may ask for beyond what its leaves show. */
const MAX_CLASSES = 100_000;

/** What a file says about how its raw values are used. */
export interface ModelInfo {
  /** Name of the loss function; empty where the file does not say. */
  readonly loss: string;
  /** Labels by class; `undefined` for a model that is no classifier. */
  readonly classes: readonly Label[] | undefined;
  /** Whether every output is a class of its own, present or not. */
  readonly multiLabel: boolean;
  /** Class of each output where some classes have none. */
  readonly outputClasses: Int32Array | undefined;
  /** The raw value above which the second of two classes is predicted. */
  readonly threshold: number;
}

/**
 * Source: catboost/libs/model/model.cpp, `GetModelClassLabels`, `GetLossFunctionName`, `GetBinClassLogitThreshold`;
 * catboost/private/libs/labels/external_label_helper.cpp.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
 */
export function readModelInfo({ info, dimensions }: Pick<CatboostModel, 'info' | 'dimensions'>): ModelInfo {
  const params = objectOf(info, 'params');
  const described = propertyOf(params, 'loss_function') ?? objectOf(info, 'loss_function');
  const type = typeof described === 'string' ? described : propertyOf(described, 'type');
  const loss = typeof type === 'string' ? type : '';
  const options = objectOf(info, 'class_params') ?? objectOf(info, 'multiclass_params');
  // With a single label CatBoost treats it as one of two classes.
  const multiLabel = MULTI_LABEL.has(loss) && dimensions > 1;
  return {
    loss,
    classes: classesOf({ options, params, loss, dimensions, info }),
    multiLabel,
    outputClasses: dimensions > 1 && options !== undefined ? outputClasses(options, dimensions) : undefined,
    threshold: thresholdOf(info.get('binclass_probability_threshold')),
  };
}

interface ClassSource extends Pick<CatboostModel, 'info' | 'dimensions'> {
  readonly options: object | undefined;
  readonly params: object | undefined;
  readonly loss: string;
}

function classesOf({ options, params, loss, dimensions, info }: ClassSource): readonly Label[] | undefined {
  // The one label that such a model knows is a target, not a class.
  if (MULTI_LABEL.has(loss) && dimensions === 1) return [0, 1];
  if (options !== undefined) {
    const names = listOf(options, 'class_names');
    const text = info.get('class_params') ?? info.get('multiclass_params') ?? '';
    if (names.length > 0) return names.map((name) => labelOf(name, text));
    const count = countOf(options);
    if (count > 0) return Array.from({ length: count }, (_, i) => i);
    const present = listOf(options, 'class_to_label');
    if (present.length > 0) return present.map((label) => Math.trunc(Number(label)));
  }
  const names = listOf(propertyOf(params, 'data_processing_options'), 'class_names');
  if (names.length > 0) return names.map((name) => labelOf(name, info.get('params') ?? ''));
  if (!CLASSIFICATION.has(loss)) return undefined;
  return Array.from({ length: dimensions === 1 ? 2 : dimensions }, (_, i) => i);
}

/** Integers beyond 2^53 are bigints where the file's digits are those that were read. */
function labelOf(value: unknown, text: string): Label {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const exact = BigInt(value);
    if (text.includes(String(exact))) return exact;
    throw modelError('ML_FORMAT_UNSUPPORTED', `a class label near ${value} has more digits than can be kept`);
  }
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  throw modelError('ML_FORMAT_MALFORMED', 'class_names must be text, numbers or booleans');
}

/** Classes that training did not meet have no output. */
function outputClasses(options: object, dimensions: number): Int32Array | undefined {
  const classes = Math.max(countOf(options), listOf(options, 'class_names').length);
  if (classes === 0) return undefined;
  const present = Int32Array.from(listOf(options, 'class_to_label'), Number);
  if (present.length !== dimensions || present.some((k) => k < 0 || k >= classes))
    throw modelError('ML_FORMAT_MALFORMED', `class_to_label must be ${dimensions} classes of ${classes}`);
  return classes === dimensions && present.every((k, i) => k === i) ? undefined : present;
}

function countOf(options: object): number {
  const count = Number(propertyOf(options, 'classes_count') ?? 0);
  if (!(Number.isInteger(count) && count >= 0))
    throw modelError('ML_FORMAT_MALFORMED', 'classes_count must be a count');
  if (count > MAX_CLASSES) throw modelError('ML_FORMAT_LIMIT', `${count} classes; at most ${MAX_CLASSES} are possible`);
  return count;
}

function thresholdOf(text: string | undefined): number {
  const probability = text === undefined ? Number.NaN : Number(text);
  // What is no number is ignored, as CatBoost does.
  return Number.isNaN(probability) ? 0 : -Math.log(1 / probability - 1);
}

function objectOf(info: CatboostModel['info'], key: string): object | undefined {
  const text = info.get(key);
  if (text === undefined || text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw modelError('ML_FORMAT_MALFORMED', `model info ${JSON.stringify(key)} is no JSON`);
  }
  return typeof value === 'object' && value !== null ? value : undefined;
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const list = propertyOf(value, key);
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
}
