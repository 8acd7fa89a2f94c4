import { RemoteError } from '../errors/remote-error.ts';
import type { InferResponse, NamedTensor } from '../protocol/messages.ts';
import { predictionsOfTensor } from '../protocol/predictions.ts';
import type { Label, Prediction, RowMethod } from '../spec/model.ts';
import type { TensorLike } from '../spec/tensor.ts';

/** What an answer is held against. */
export interface Asked {
  /** For messages. */
  readonly label: string;
  readonly method: RowMethod;
  /** Name of the output; `undefined` for the only one that comes. */
  readonly output: string | undefined;
  /** Of the request. */
  readonly rows: number;
  readonly classes: readonly Label[] | undefined;
}

/** What `predict` gives. @throws `ML_REMOTE_INVALID_ANSWER` */
export function predictionsOf(response: InferResponse, asked: Asked): Prediction[] {
  const [tensor, ...others] = answering(response, asked);
  if (tensor === undefined || others.length > 0) throw missing(response, asked);
  checkRows(tensor, asked);
  if (tensor.dtype === 'object' && (tensor.data as readonly unknown[]).some((value) => value instanceof Uint8Array))
    throw invalid(asked, `output ${JSON.stringify(tensor.name)} holds bytes that are no text`);
  return predictionsOfTensor(tensor);
}

/** What the other methods give: one matrix, or one per output of the model. @throws `ML_REMOTE_INVALID_ANSWER` */
export function matricesOf(response: InferResponse, asked: Asked): TensorLike | TensorLike[] {
  const tensors = answering(response, asked);
  const { method, classes } = asked;
  for (const tensor of tensors) {
    checkRows(tensor, asked);
    const { name, datatype, shape } = tensor;
    if (datatype === 'BYTES' || datatype === 'BOOL')
      throw invalid(asked, `output ${JSON.stringify(name)} is of ${datatype}, and ${method} gives numbers`);
    if (method !== 'predictProba' && method !== 'predictLogProba') continue;
    if (shape.length === 2 && (tensors.length > 1 || classes === undefined || classes.length === shape[1])) continue;
    const wanted = classes === undefined ? '[rows, classes]' : `[${asked.rows}, ${classes.length}]`;
    throw invalid(asked, `output ${JSON.stringify(name)} has shape [${shape.join(', ')}], not ${wanted}`);
  }
  const [only] = tensors;
  return tensors.length === 1 && only !== undefined ? only : [...tensors];
}

/** Every output by name, as `run` gives them. @throws `ML_REMOTE_INVALID_ANSWER` */
export function tensorsOf({ outputs }: InferResponse, label: string): Record<string, TensorLike> {
  const names = new Set(outputs.map(({ name }) => name));
  if (outputs.length === 0 || names.size !== outputs.length) {
    const what = outputs.length === 0 ? 'no outputs' : 'two outputs of the same name';
    throw new RemoteError('ML_REMOTE_INVALID_ANSWER', `${label} answered with ${what}`);
  }
  return Object.fromEntries(outputs.map((tensor) => [tensor.name, tensor]));
}

/** The outputs that answer: the one asked for, or those of a model with several, `name_0`, `name_1`, ... */
function answering(response: InferResponse, asked: Asked): readonly NamedTensor[] {
  const { outputs } = response;
  const { output } = asked;
  if (output === undefined) {
    const named = outputs.find(({ name }) => name === 'predict');
    if (named !== undefined) return [named];
    if (outputs.length !== 1) throw missing(response, asked);
    return outputs;
  }
  const own = outputs.filter(({ name }) => name === output);
  if (own.length === 1) return own;
  const several = outputs.length > 0 && outputs.every(({ name }, i) => name === `${output}_${i}`);
  if (!several) throw missing(response, asked);
  return outputs;
}

function checkRows({ name, shape }: NamedTensor, asked: Asked): void {
  if (shape[0] === asked.rows) return;
  throw invalid(
    asked,
    `output ${JSON.stringify(name)} has shape [${shape.join(', ')}] for ${asked.rows} rows: one value or line per row is wanted`,
  );
}

function missing({ outputs }: InferResponse, asked: Asked): RemoteError {
  const wanted = asked.output === undefined ? 'one output' : `output ${JSON.stringify(asked.output)}`;
  const got = outputs.map(({ name }) => name).join(', ') || 'none';
  return invalid(asked, `${wanted} is wanted, and there is ${got}; see option remote.outputs`);
}

function invalid({ label, method }: Asked, why: string): RemoteError {
  return new RemoteError('ML_REMOTE_INVALID_ANSWER', `${label} gave no answer to ${method}: ${why}`, {
    details: { method },
  });
}
