import { isRecord, own } from '../model/layer-config.ts';
import { ACTIVATIONS, CLASSES, NAMED, OPERATIONS, TENSORFLOW_FUNCTIONS } from './passable-names.ts';

/** Where classes of Keras are said to come from. */
const MODULES =
  /^(keras|keras\.(src\.)?(layers|models|engine|initializers|regularizers|constraints|activations|dtype_policies|mixed_precision)(\.\w+)*|builtins)$/;
const OPERATION_MODULES = /^keras\.(src\.)?(ops|layers)(\.\w+)*$/;

/**
 * The first thing in an architecture that is not of an exact list, by its name: a class, operation or function that Keras
 * would look up; `undefined` where it may be handed to Keras. How the model was compiled is left out by it.
 */
export function foreignArchitecture(document: unknown): string | undefined {
  const waiting: unknown[] = [document];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (Array.isArray(value)) waiting.push(...(value as unknown[]));
    if (!isRecord(value)) continue;
    const found = foreignObject(value);
    if (found !== undefined) return found;
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === 'object' && item !== null) waiting.push(item);
      // It would answer differently with each call.
      if (key === 'stateful' && item !== false) return key;
      const named = typeof item === 'string' ? NAMED.find(([pattern]) => pattern.test(key)) : undefined;
      if (named?.[1].has(item as string) === false) return `${key} ${item as string}`;
    }
  }
  return undefined;
}

function foreignObject(value: Readonly<Record<string, unknown>>): string | undefined {
  if (!Object.hasOwn(value, 'class_name')) return undefined;
  const [name, module, registered] = ['class_name', 'module', 'registered_name'].map((key) => own(value, key));
  if (typeof name !== 'string') return 'a class without a name';
  const whole = typeof module === 'string' ? `${module}.${name}` : name;
  if (registered !== undefined && registered !== null && registered !== name && registered !== `Keras>${name}`)
    return whole;
  if (name === 'function') return isActivation(value, module) ? undefined : whole;
  if (name === 'TFOpLambda' || name === 'SlicingOpLambda') {
    const config = own(value, 'config');
    const called = isRecord(config) ? own(config, 'function') : undefined;
    return typeof called === 'string' && TENSORFLOW_FUNCTIONS.has(called) ? undefined : `${name} ${String(called)}`;
  }
  if (module === undefined || module === null) return CLASSES.has(name) || OPERATIONS.has(name) ? undefined : whole;
  if (typeof module !== 'string') return whole;
  if (MODULES.test(module) && CLASSES.has(name)) return undefined;
  return OPERATION_MODULES.test(module) && OPERATIONS.has(name) ? undefined : whole;
}

/** A function of Keras is stored as one of `builtins` with its bare name. */
function isActivation(value: Readonly<Record<string, unknown>>, module: unknown): boolean {
  const called = own(value, 'config');
  return module === 'builtins' && typeof called === 'string' && ACTIVATIONS.has(called);
}
