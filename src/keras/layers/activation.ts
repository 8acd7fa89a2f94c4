import { Arithmetic } from '../graph/arithmetic.ts';
import type { KerasTensor } from '../graph/keras-tensor.ts';
import type { GraphBuilder } from '../../onnx/builder/graph-builder.ts';
import type { KerasGeneration } from '../model/keras-layer.ts';
import { FormatError } from '../../errors/format-error.ts';
import { isRecord, type LayerConfig, own, shown } from '../model/layer-config.ts';
import { ELEMENTWISE_FUNCTIONS, FUNCTION_ALIASES, type Parameters } from './activation-functions.ts';
import { AXIS_FUNCTIONS } from './axis-functions.ts';

/** An activation that is known here, with its parameters. */
export interface Activation {
  readonly name: string;
  readonly parameters: Parameters;
  readonly generation: KerasGeneration;
}

/**
 * The activation under a key of a layer's config: a name, a function or a layer as Keras serializes
 * them; nothing is the identity.
 *
 * @throws `ML_FORMAT_UNSAFE` for bytecode, `ML_FORMAT_UNSUPPORTED` for a function that is none of Keras's
 */
export function readActivation(
  config: LayerConfig,
  key: string,
  generation: KerasGeneration,
  fallback?: string,
): Activation {
  const value = config.raw(key) ?? fallback ?? 'linear';
  const [name, parameters] = described(value, config, key);
  return { name, parameters, generation };
}

/** Writes an activation. */
export function applyActivation(
  g: GraphBuilder,
  x: KerasTensor,
  { name, parameters, generation }: Activation,
): KerasTensor {
  const overAxis = AXIS_FUNCTIONS.get(name);
  if (overAxis !== undefined) return overAxis(g, x, Number(parameters['axis'] ?? -1));
  const found = ELEMENTWISE_FUNCTIONS.get(name);
  if (found === undefined || name === 'linear') return x;
  const m = new Arithmetic(g, x.dtype);
  return x.map((value) => found.write(m, value, { ...found.defaults, ...parameters }, generation));
}

/** The names that can be used, for the table of what is supported. */
export function activationNames(): readonly string[] {
  return [...ELEMENTWISE_FUNCTIONS.keys(), ...AXIS_FUNCTIONS.keys()].sort();
}

/** The function's name in the tables, if it is known. */
export function knownFunction(name: string): string | undefined {
  const snake = FUNCTION_ALIASES.get(name) ?? name;
  return ELEMENTWISE_FUNCTIONS.has(snake) || AXIS_FUNCTIONS.has(snake) ? snake : undefined;
}

function described(value: unknown, config: LayerConfig, key: string): readonly [string, Parameters] {
  if (typeof value === 'string') return [byName(value, config, key), {}];
  if (!isRecord(value)) throw config.mistyped(key, 'the name of an activation');
  const className = own(value, 'class_name');
  const inner = own(value, 'config');
  if (className === '__lambda__') {
    throw new FormatError(
      'ML_FORMAT_UNSAFE',
      `Keras model: ${config.subject} has Python bytecode as its ${key}; replace it by a named activation`,
    );
  }
  if (className === 'function' && typeof inner === 'string') {
    const module = own(value, 'module');
    if (typeof module === 'string' && !/^(builtins|keras|tf_keras|tensorflow)(\.|$)/.test(module))
      throw custom(inner, config, key);
    return [byName(inner, config, key), {}];
  }
  if (typeof className === 'string' && isRecord(inner)) {
    const found = layerActivation(className, (name) => own(inner, name));
    if (found !== undefined) return found;
    // Operations of Keras 3 without parameters are spelled like the functions.
    if (className === 'Activation') return described(own(inner, 'activation'), config, key);
    const known = knownFunction(snakeCase(className));
    if (known !== undefined) return [known, {}];
  }
  throw config.unsupported(
    `has ${key}=${shown(value)}, which is not known here; see docs/keras.md for the activations that are`,
  );
}

function byName(name: string, config: LayerConfig, key: string): string {
  const known = knownFunction(name);
  if (known === undefined) throw custom(name, config, key);
  return known;
}

function custom(name: string, config: LayerConfig, key: string): FormatError {
  return config.unsupported(
    `has ${key}=${JSON.stringify(name)}, a function whose code is not in the file; use one of Keras's activations: ${activationNames().join(', ')}`,
  );
}

/**
 * The activation layers as functions; `undefined` for any other class.
 *
 * @param get the layer's config by key
 */
export function layerActivation(
  className: string,
  get: (key: string) => unknown,
): readonly [string, Parameters] | undefined {
  const value = (key: string, fallback: number | null): number | null => {
    const found = get(key);
    return typeof found === 'number' ? found : fallback;
  };
  switch (className) {
    case 'ReLU':
      return [
        'relu',
        {
          negative_slope: value('negative_slope', 0),
          max_value: value('max_value', null),
          threshold: value('threshold', 0),
        },
      ];
    case 'LeakyReLU':
      return ['relu', { negative_slope: value('negative_slope', null) ?? value('alpha', 0.3) }];
    case 'ELU':
      return ['elu', { alpha: value('alpha', 1) }];
    case 'ThresholdedReLU':
      return ['threshold', { threshold: value('theta', 1), default_value: 0 }];
    case 'Softmax':
      return Array.isArray(get('axis')) ? undefined : ['softmax', { axis: value('axis', -1) }];
    default:
      return undefined;
  }
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
