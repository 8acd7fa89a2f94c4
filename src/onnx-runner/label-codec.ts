import { describe } from '../data/rows.ts';
import { PredictionError } from '../errors/prediction-error.ts';
import type { Label, Prediction } from '../spec/model.ts';
import type { TensorLike } from '../spec/tensor.ts';

/** How the labels of a graph become those of the training data. */
export interface LabelCodec {
  /** In the order of the probability columns; `undefined` where nobody says. */
  readonly classes: readonly Label[] | undefined;
  /** A value of the label output, as a label. */
  readonly decode: (value: unknown) => Label;
}

/**
 * The labels that a graph gives, or those of the metadata where the graph only has stand-ins:
 *
 * - The metadata names the same classes as the graph (in any order), or none: the graph's stand.
 * - It names as many others: the graph's i-th class stands for the metadata's i-th. This is how
 *   `true` and `false`, or the strings behind an encoder, come back.
 * - The graph does not say its classes: whole numbers are indices into the metadata's, unless
 *   these are whole numbers themselves.
 */
export function labelCodec(
  graphClasses: readonly Label[] | undefined,
  metadataClasses: readonly Label[] | undefined,
): LabelCodec {
  if (metadataClasses === undefined || metadataClasses.length === 0) return plain(graphClasses);
  if (graphClasses === undefined) {
    return metadataClasses.every((label) => Number.isInteger(label))
      ? plain(metadataClasses)
      : byIndex(metadataClasses);
  }
  const stated = new Set(metadataClasses.map(normal));
  const same =
    graphClasses.length === metadataClasses.length && graphClasses.every((label) => stated.has(normal(label)));
  if (same || graphClasses.length !== metadataClasses.length) return plain(graphClasses);
  const table = new Map(graphClasses.map((label, i) => [normal(label), metadataClasses[i] as Label]));
  return {
    classes: metadataClasses,
    decode: (value) => {
      const label = toLabel(value);
      const mapped = table.get(normal(label));
      return mapped === undefined ? label : mapped;
    },
  };
}

/** A class for an index, as `argmax` gives it; the index itself where the classes are unknown. */
export function classAt(classes: readonly Label[] | undefined, index: number): Label {
  return classes?.[index] ?? index;
}

/** One prediction per row: a label, or nested arrays of labels for outputs of several columns or more dimensions. */
export function decodeLabels(tensor: TensorLike, decode: (value: unknown) => Label): Prediction[] {
  const { data, shape } = tensor;
  const bool = tensor.dtype === 'bool';
  const flat: Label[] = [];
  for (let i = 0; i < data.length; i++) flat.push(decode(bool ? Boolean(data[i]) : data[i]));
  const inner = shape.slice(1);
  return shape.length <= 2 && (inner[0] ?? 1) === 1 ? flat : (nest(flat, shape) as Prediction[]);
}

/** A flat list as nested arrays. */
function nest(flat: readonly Label[], shape: readonly number[]): readonly Prediction[] {
  const [count = 1, ...inner] = shape;
  if (inner.length === 0) return flat;
  const step = inner.reduce((product, extent) => product * extent, 1);
  return Array.from({ length: count }, (_, i) => nest(flat.slice(i * step, (i + 1) * step), inner));
}

/** An engine value as a label: 64-bit integers become numbers where these are exact. */
export function toLabel(value: unknown): Label {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' || value === null)
    return value;
  throw new PredictionError('ML_PREDICT_FAILED', `the model gave ${describe(value)} as a label`);
}

function plain(classes: readonly Label[] | undefined): LabelCodec {
  return { classes, decode: toLabel };
}

function byIndex(classes: readonly Label[]): LabelCodec {
  return {
    classes,
    decode: (value) => {
      const label = toLabel(value);
      if (typeof label !== 'number' || !Number.isInteger(label)) return label;
      const mapped = classes[label];
      if (mapped !== undefined) return mapped;
      throw new PredictionError(
        'ML_PREDICT_FAILED',
        `the model gave label ${label}, "classes" of the metadata has only ${classes.length}; list every class in the order of the model's outputs`,
        { details: { label, classes } },
      );
    },
  };
}

/** Equal for equal labels: `1` and `1n` are one class, `1` and `"1"` and `true` are not. */
function normal(label: Label): string {
  return typeof label === 'bigint' ? `number:${label}` : `${typeof label}:${label}`;
}
