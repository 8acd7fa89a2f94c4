import { describe } from '../data/rows.ts';
import type { OrtModule, OrtTensor } from '../engines/onnxruntime-api.ts';
import { InputError } from '../errors/input-error.ts';
import type { TensorLike } from '../spec/tensor.ts';
import type { GraphValue } from './graph-value.ts';
import type { OrtFeeds } from './row-binding.ts';
import { toEngineTensor } from './engine-tensors.ts';

/** An input of the graph; one with a `fallback` may be left out, the model fills it in. */
export interface RunInput extends GraphValue {
  readonly fallback?: TensorLike;
}

/**
 * Checks named tensors against the inputs of the graph before the engine sees them: it accepts
 * unknown names in silence.
 *
 * @param diesOnEmpty an operator of the graph that ends the process when a tensor has no elements
 * @throws `ML_INPUT_FEATURE_NAMES` for an unknown or missing name, and the errors of `toEngineTensor`
 */
export function feedRun(
  ort: OrtModule,
  inputs: readonly RunInput[],
  given: unknown,
  diesOnEmpty: string | undefined,
): OrtFeeds {
  const known = inputs.map((input) => input.name);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InputError('ML_INPUT_INVALID', `run takes an object of tensors by input name, got ${describe(given)}`, {
      details: { inputs: known },
    });
  }
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  const own = (input: RunInput): unknown =>
    Object.hasOwn(given, input.name) ? Reflect.get(given, input.name) : undefined;
  const missing = inputs.filter((input) => own(input) === undefined && input.fallback === undefined);
  if (unknown.length > 0 || missing.length > 0) {
    const problem =
      unknown.length > 0
        ? `unknown inputs ${list(unknown)}`
        : `missing inputs ${list(missing.map((input) => input.name))}`;
    throw new InputError('ML_INPUT_FEATURE_NAMES', `${problem}; the model's inputs are ${list(known)}`, {
      details: { unknown, missing: missing.map((input) => input.name), inputs: known },
    });
  }
  const feeds: Record<string, OrtTensor> = {};
  for (const input of inputs) {
    const value = own(input);
    if (value === undefined) continue;
    const tensor = toEngineTensor(ort, input, value);
    if (diesOnEmpty !== undefined && tensor.dims.includes(0)) {
      throw new InputError(
        'ML_INPUT_SHAPE',
        `input ${JSON.stringify(input.name)} has no elements (shape [${tensor.dims.join(', ')}]): the runtime's ${diesOnEmpty} operator ends the process then; leave empty batches out`,
        { details: { input: input.name, shape: tensor.dims, operator: diesOnEmpty } },
      );
    }
    feeds[input.name] = tensor;
  }
  return feeds;
}

const list = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');
