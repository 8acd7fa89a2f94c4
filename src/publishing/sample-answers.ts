import { PublishError } from '../errors/publish-error.ts';
import type { ModelSamples } from '../spec/metadata.ts';
import type { Model, RowMethod } from '../spec/model.ts';
import type { Row } from '../spec/rows.ts';
import type { Tensor } from '../spec/tensor.ts';

/** Answers that are kept, and the methods that give them. */
const ANSWERS = [
  ['predict', 'predict'],
  ['predict_proba', 'predictProba'],
  ['decision_function', 'decisionFunction'],
  ['transform', 'transform'],
] as const satisfies readonly (readonly [keyof ModelSamples, RowMethod])[];

/** Relative above one, absolute below: what a network in float32 keeps. */
const TOLERANCE = 1e-5;

/** Rows with the answers to keep in the metadata. */
export interface SampleAnswers {
  readonly samples: ModelSamples;
  /** Largest difference of a number from what was expected; `undefined` where nothing was expected. */
  readonly worst: number | undefined;
}

/**
 * Asks a model with every row. Answers that the caller expects are compared and kept as they are; of the others, what the
 * model says is kept.
 *
 * @throws `ML_PUBLISH_REFUSED` where an answer differs or cannot be given
 */
export async function sampleAnswers(model: Model, given: ModelSamples): Promise<SampleAnswers> {
  const rows = given.rows as Row[];
  const answers: Record<string, readonly unknown[]> = {};
  let worst: number | undefined;
  for (const [field, method] of ANSWERS) {
    const expected = given[field];
    if (expected === undefined && !model.methods.includes(method)) continue;
    const got = await ask(model, method, rows);
    if (expected !== undefined) worst = Math.max(worst ?? 0, compare(method, expected, got));
    answers[field] = expected ?? got;
  }
  if (Object.keys(answers).length === 0)
    throw new PublishError('ML_PUBLISH_REFUSED', 'samples were given, and the model has no method that answers rows', {
      details: { methods: model.methods },
    });
  return { samples: { rows: given.rows, ...answers }, worst };
}

async function ask(model: Model, method: (typeof ANSWERS)[number][1], rows: Row[]): Promise<readonly unknown[]> {
  try {
    const answer = method === 'predict' ? await model.predict(rows) : await askMatrix(model, method, rows);
    const values = JSON.parse(JSON.stringify(answer, plain)) as readonly (readonly unknown[])[];
    const byOutput = method === 'predictProba' && Array.isArray(answer);
    return byOutput ? rows.map((_row, i) => values.map((output) => output[i])) : values;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new PublishError('ML_PUBLISH_REFUSED', `the model does not answer the samples: ${method}: ${text}`, {
      details: { method },
      cause: error,
    });
  }
}

function askMatrix(
  model: Model,
  method: Exclude<(typeof ANSWERS)[number][1], 'predict'>,
  rows: Row[],
): Promise<Tensor | Tensor[]> {
  return method === 'predictProba' ? model.predictProba<Tensor | Tensor[]>(rows) : model[method](rows);
}

/** The worst difference of a number. */
function compare(method: string, expected: readonly unknown[], got: readonly unknown[]): number {
  let worst = 0;
  for (const [row, want] of expected.entries()) {
    const error = difference(want, got[row]);
    if (error > TOLERANCE)
      throw new PublishError(
        'ML_PUBLISH_REFUSED',
        `${method} of sample ${row} is ${JSON.stringify(got[row])} here, expected is ${JSON.stringify(want)}`,
        { details: { method, row, expected: want, got: got[row], error } },
      );
    worst = Math.max(worst, error);
  }
  return worst;
}

function difference(want: unknown, got: unknown): number {
  if (Array.isArray(want) || Array.isArray(got)) {
    if (!Array.isArray(want) || !Array.isArray(got) || want.length !== got.length) return Number.POSITIVE_INFINITY;
    return want.reduce<number>((worst, value, i) => Math.max(worst, difference(value, got[i])), 0);
  }
  if (want === got) return 0;
  if (typeof want !== 'number' || typeof got !== 'number') return Number.POSITIVE_INFINITY;
  return Math.abs(want - got) / Math.max(1, Math.abs(want));
}

/** Big integers as numbers where these are exact. Not-a-number becomes null, as JSON has it. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
