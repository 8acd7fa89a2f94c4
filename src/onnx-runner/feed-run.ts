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
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InputError('ML_INPUT_INVALID', `run takes an object of tensors by input name, got ${describe(given)}`, {
      details: { inputs: inputs.map(({ name }) => name) },
    });
  }
  if (!namesFit(given, inputs)) throw wrongNames(given, inputs);
  const feeds: Record<string, OrtTensor> = {};
  for (const input of inputs) {
    const value = own(given, input.name);
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

function own(given: object, name: string): unknown {
  return Object.hasOwn(given, name) ? Reflect.get(given, name) : undefined;
}

/** Whether every input that must be given is, and nothing else. */
function namesFit(given: object, inputs: readonly RunInput[]): boolean {
  for (const { name, fallback } of inputs) {
    if (fallback === undefined && own(given, name) === undefined) return false;
  }
  return Object.keys(given).every((name) => inputs.some((input) => input.name === name));
}

function wrongNames(given: object, inputs: readonly RunInput[]): InputError {
  const known = inputs.map((input) => input.name);
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  const missing = inputs.filter(({ name, fallback }) => fallback === undefined && own(given, name) === undefined);
  const problem =
    unknown.length > 0
      ? `unknown inputs ${list(unknown)}`
      : `missing inputs ${list(missing.map((input) => input.name))}`;
  return new InputError('ML_INPUT_FEATURE_NAMES', `${problem}; the model's inputs are ${list(known)}`, {
    details: { unknown, missing: missing.map((input) => input.name), inputs: known },
  });
}

const list = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');
