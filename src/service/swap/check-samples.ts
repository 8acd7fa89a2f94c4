import { DenseTensor } from '../../data/dense-tensor.ts';
import { isTensor } from '../../data/rows.ts';
import { SwapError } from '../../errors/swap-error.ts';
import type { ModelMetadata, ModelSamples } from '../../spec/metadata.ts';
import type { LoadedModel } from '../../spec/model-loader.ts';
import type { CallOptions, RowMethod, Task } from '../../spec/model.ts';
import type { Rows } from '../../spec/rows.ts';
import type { Verification } from '../registry-options.ts';
import { answerDifference } from './answer-difference.ts';

/** How the samples are checked. */
export interface SampleRules {
  /** `require`: metadata without answers is a failure. `ifPresent`: what there is, is checked. */
  readonly samples: Verification;
  readonly tolerance: number;
  /** What the model is called in messages. */
  readonly label: string;
}

const METHODS: readonly (readonly [Exclude<keyof ModelSamples, 'rows'>, RowMethod])[] = [
  ['predict', 'predict'],
  ['predict_proba', 'predictProba'],
  ['decision_function', 'decisionFunction'],
  ['transform', 'transform'],
];
/** What these predict are values; what others predict are labels. */
const VALUES: ReadonlySet<Task> = new Set(['regression', 'transformation', 'unknown']);

/**
 * Asks a model with the sample rows of its metadata and compares with what the metadata says that the original answered.
 * Rows without answers must at least be computed.
 *
 * @throws `ML_SWAP_SAMPLES` with the first answer that differs
 */
export async function checkSamples(
  loaded: LoadedModel,
  metadata: ModelMetadata | undefined,
  { samples: wanted, tolerance, label }: SampleRules,
): Promise<'ok' | 'skipped'> {
  if (wanted === 'off') return 'skipped';
  const answers: Partial<ModelSamples> = metadata?.samples ?? {};
  const { rows = [] } = answers;
  const stated = METHODS.filter(([name]) => answers[name] !== undefined);
  if (wanted === 'require' && (rows.length === 0 || stated.length === 0))
    throw wrong(label, "its metadata states no answers for samples, and samples is 'require'");
  if (rows.length === 0) return 'skipped';
  if (stated.length === 0) {
    const method = loaded.predict === undefined ? 'transform' : 'predict';
    if (loaded[method] !== undefined) await ask(loaded, method, { rows, label });
    return 'skipped';
  }
  const { task = 'unknown', classes } = loaded.info ?? {};
  for (const [name, method] of stated) {
    const got = await ask(loaded, method, { rows, label });
    const exact = method === 'predict' && (classes !== undefined || !VALUES.has(task));
    const found = answerDifference(answers[name], got, { exact, tolerance });
    if (found === undefined) continue;
    const [row = 0] = found.at;
    throw wrong(
      label,
      `${name} of sample row ${row} is ${show(found.got)}, its metadata says ${show(found.expected)}`,
      { method, row, ...found, tolerance: exact ? 0 : tolerance },
    );
  }
  return 'ok';
}

type RowCall = (this: LoadedModel, rows: Rows, options: CallOptions) => unknown;

/** Answers as plain arrays, one value per row. */
async function ask(
  loaded: LoadedModel,
  method: RowMethod,
  { rows, label }: { readonly rows: readonly unknown[]; readonly label: string },
): Promise<unknown> {
  const call = loaded[method];
  if (call === undefined)
    throw wrong(label, `its metadata has samples of ${method}, a method that it lacks`, { method });
  let answer: unknown;
  try {
    answer = await (call as RowCall).call(loaded, rows as Rows, {});
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw wrong(label, `${method} of its sample rows failed: ${text}`, { method }, error);
  }
  if (isTensor(answer)) return DenseTensor.from(answer).toArray();
  const list = Array.from(answer as ArrayLike<unknown>);
  return list.length > 0 && list.every(isTensor) ? perRow(list.map((one) => DenseTensor.from(one).toArray())) : list;
}

/** One matrix per output to one array of outputs per row. */
function perRow(outputs: readonly unknown[]): unknown[] {
  const [first] = outputs as readonly (readonly unknown[])[];
  return (first ?? []).map((_, row) => (outputs as readonly (readonly unknown[])[]).map((output) => output[row]));
}

const MAX_SHOWN = 200;

function show(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)) ?? 'nothing';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

function wrong(
  label: string,
  what: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): SwapError {
  return new SwapError('ML_SWAP_SAMPLES', `${label} does not take over: ${what}`, { step: 'samples', details, cause });
}
