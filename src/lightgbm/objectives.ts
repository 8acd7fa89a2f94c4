import { FormatError } from '../errors/format-error.ts';

/** What raw scores are made into. */
export interface Objective {
  /** `undefined` for a model trained with a function of the user's. */
  readonly name: string | undefined;
  readonly link: 'identity' | 'sigmoid' | 'softmax' | 'exp' | 'log1p-exp' | 'signed-square';
  /** Factor of the score inside the sigmoid. */
  readonly sigmoid: number;
}

const LINKS: ReadonlyMap<string, Objective['link']> = new Map([
  ['regression', 'identity'],
  ['regression_l2', 'identity'],
  ['regression_l1', 'identity'],
  ['huber', 'identity'],
  ['fair', 'identity'],
  ['quantile', 'identity'],
  ['mape', 'identity'],
  ['lambdarank', 'identity'],
  ['rank_xendcg', 'identity'],
  ['poisson', 'exp'],
  ['gamma', 'exp'],
  ['tweedie', 'exp'],
  ['binary', 'sigmoid'],
  ['multiclassova', 'sigmoid'],
  ['cross_entropy', 'sigmoid'],
  ['multiclass', 'softmax'],
  ['cross_entropy_lambda', 'log1p-exp'],
]);

/** Names of older versions. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['xentropy', 'cross_entropy'],
  ['xentlambda', 'cross_entropy_lambda'],
]);

/** What a line says besides the name. */
const SETTINGS: ReadonlySet<string> = new Set(['num_class', 'sigmoid']);

/**
 * The line `objective=` of a model file, e.g. `binary sigmoid:1`, `regression sqrt`.
 *
 * Source: src/objective/*.hpp, `ToString`, `ConvertOutput`.
 *
 * @throws `ML_FORMAT_UNSUPPORTED`
 */
export function readObjective(line: string | undefined): Objective {
  if (line === undefined || line === '' || line === 'custom') return { name: undefined, link: 'identity', sigmoid: 1 };
  const [first = '', ...settings] = line.split(' ').filter((word) => word !== '');
  const name = ALIASES.get(first) ?? first;
  const link = LINKS.get(name);
  if (link === undefined)
    throw unsupported(`objective ${JSON.stringify(first.slice(0, 100))}; known are ${[...LINKS.keys()].join(', ')}`);
  let sigmoid = 1;
  let root = false;
  for (const setting of settings) {
    const [key = '', value = ''] = setting.split(':');
    if (key === 'sqrt' && value === '' && link === 'identity') root = true;
    else if (!SETTINGS.has(key))
      throw unsupported(`setting ${JSON.stringify(setting.slice(0, 100))} of objective ${name}`);
    else if (key === 'sigmoid') sigmoid = Number(value);
  }
  if (!(sigmoid > 0)) throw unsupported(`sigmoid of ${sigmoid}`);
  // The older formula of cross entropy has no factor.
  return { name, link: root ? 'signed-square' : link, sigmoid: name === 'cross_entropy' ? 1 : sigmoid };
}

/** Raw scores `[rows, outputs]` as predictions, in place. */
export function applyObjective(scores: Float64Array, outputs: number, { link, sigmoid }: Objective): void {
  switch (link) {
    case 'identity':
      return;
    case 'softmax':
      softmax(scores, outputs);
      return;
    case 'sigmoid':
      for (let at = 0; at < scores.length; at++) scores[at] = 1 / (1 + Math.exp(-sigmoid * (scores[at] as number)));
      return;
    case 'exp':
      for (let at = 0; at < scores.length; at++) scores[at] = Math.exp(scores[at] as number);
      return;
    case 'log1p-exp':
      for (let at = 0; at < scores.length; at++) scores[at] = Math.log1p(Math.exp(scores[at] as number));
      return;
    case 'signed-square':
      for (let at = 0; at < scores.length; at++)
        scores[at] = Math.sign(scores[at] as number) * (scores[at] as number) ** 2;
      return;
    default:
      link satisfies never;
  }
}

/** Source: include/LightGBM/utils/common.h, `Common::Softmax`. */
function softmax(scores: Float64Array, outputs: number): void {
  for (let start = 0; start < scores.length; start += outputs) {
    let largest = scores[start] as number;
    for (let k = 1; k < outputs; k++) largest = Math.max(largest, scores[start + k] as number);
    let sum = 0;
    for (let k = 0; k < outputs; k++) {
      const power = Math.exp((scores[start + k] as number) - largest);
      scores[start + k] = power;
      sum += power;
    }
    for (let k = 0; k < outputs; k++) scores[start + k] = (scores[start + k] as number) / sum;
  }
}

function unsupported(what: string): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', `LightGBM model: ${what} is not supported`);
}
