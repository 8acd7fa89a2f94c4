import { countRows } from '../data/rows.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import type { Feeds, Model, ModelMethod } from '../spec/model.ts';
import type { Rows } from '../spec/rows.ts';

/** What a model is asked. */
export type Question = { readonly rows: Rows } | { readonly feeds: Feeds };

/** What it answered, and how quickly. */
export interface Answers {
  readonly answers: ReadonlyMap<string, unknown>;
  readonly rows: number;
  /** Median of a call, the first ones left out. */
  readonly microseconds: number;
}

const METHODS: readonly ModelMethod[] = ['predict', 'predictProba', 'decisionFunction', 'transform'];
const CALLS = 15;
const WARM_UP = 3;

/** Asks every row method that the model has, or `run` with the feeds. */
export async function answersOf(model: Model, question: Question): Promise<Answers> {
  if ('feeds' in question) {
    const { feeds } = question;
    const outputs = await model.run(feeds);
    const rows = Object.values(feeds)[0]?.shape[0] ?? 1;
    return {
      answers: new Map(Object.entries(outputs)),
      rows,
      microseconds: await median(() => model.run(feeds)),
    };
  }
  const { rows } = question;
  const methods = METHODS.filter((method) => model.methods.includes(method));
  const [first] = methods;
  if (first === undefined) {
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `${model.info.name} has no row method; give options.feeds for its inputs ${model.info.inputs.map(({ name }) => name).join(', ')}`,
    );
  }
  const ask = (method: ModelMethod): Promise<unknown> => model[method as 'predict'](rows);
  const answers = new Map<string, unknown>();
  for (const method of methods) answers.set(method, await ask(method));
  return { answers, rows: countRows(rows) ?? countColumns(rows), microseconds: await median(() => ask(first)) };
}

/** Rows of columns. */
function countColumns(rows: Rows): number {
  return Object.values(rows as Readonly<Record<string, ArrayLike<unknown>>>)[0]?.length ?? 0;
}

async function median(ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + CALLS; i++) {
    const startedAt = performance.now();
    await ask();
    if (i >= WARM_UP) times.push(1000 * (performance.now() - startedAt));
  }
  return times.sort((a, b) => a - b)[CALLS >> 1] as number;
}
