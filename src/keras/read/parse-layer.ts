import { FormatError } from '../../errors/format-error.ts';
import type { KerasGraph, KerasLayer } from '../model/keras-layer.ts';
import { isRecord, LayerConfig, own, shown } from '../model/layer-config.ts';
import { classKey, isModelClass } from './class-key.ts';
import { malformed, type ParseContext } from './parse-context.ts';
import { parseFunctional } from './parse-functional.ts';
import { parseSequential } from './parse-sequential.ts';

/**
 * A layer of the file with all that it contains. A class that is not on the allow-list, or a
 * parameter that its entry refuses, is noted in the context; the layer is returned all the same, so
 * that everything wrong with a file is found in one walk.
 *
 * @param place path of the surrounding layers
 * @throws `ML_FORMAT_MALFORMED` where the file is no description of a layer, `ML_FORMAT_LIMIT`
 */
export function parseLayer(value: unknown, place: readonly string[], context: ParseContext): KerasLayer {
  const where = place.length === 0 ? 'the model' : place.join('/');
  context.checkDepth(place.length, where);
  if (!isRecord(value)) throw malformed(`${where} is ${shown(value)}, which describes no layer`);
  const className = own(value, 'class_name');
  if (typeof className !== 'string') throw malformed(`${where} has no class_name: ${shown(value)}`);
  const rawConfig = own(value, 'config');
  // Keras before 2.2.3 stored the layers of a Sequential model as a bare list.
  const config = Array.isArray(rawConfig) ? { layers: rawConfig } : rawConfig;
  if (!isRecord(config)) throw malformed(`${where} (${className}) has no config`);
  const name = own(config, 'name') ?? own(value, 'name') ?? className.toLowerCase();
  if (typeof name !== 'string') throw malformed(`${where} (${className}) has the name ${shown(name)}`);
  const path = [...place, name];
  const subject = `${className} layer ${JSON.stringify(name)}${place.length > 1 ? ` (in ${place.slice(1).join('/')})` : ''}`;
  const shared = {
    storedClass: className,
    name,
    path: path.join('/'),
    generation: context.generation,
    config: new LayerConfig(subject, config),
    trainable: own(config, 'trainable') !== false,
    buildShape: buildShapeOf(value, config),
  };
  const none: ReadonlyMap<string, KerasLayer> = new Map();
  if (isModelClass(className, config)) {
    checkOrigin(value, className, shared.config, context);
    return {
      ...shared,
      className: modelClass(className, config),
      inner: none,
      graph: parseGraph(config, path, context),
    };
  }
  const key = classKey(value, config, context.generation);
  const type = context.types.get(key);
  const known = checkOrigin(value, className, shared.config, context);
  if (type === undefined) {
    if (known) context.note(unknownClass(className, config, shared.config));
    return { ...shared, className, inner: none, graph: undefined };
  }
  const inner = new Map<string, KerasLayer>();
  for (const wrapped of type.wraps ?? []) {
    const found = own(config, wrapped);
    if (Array.isArray(found))
      for (const [i, item] of found.entries()) inner.set(`${wrapped}/${i}`, parseLayer(item, path, context));
    else if (found !== undefined && found !== null) inner.set(wrapped, parseLayer(found, path, context));
  }
  const layer = { ...shared, className: key, inner, graph: undefined };
  try {
    type.check?.(layer);
  } catch (error) {
    context.note(error);
  }
  return layer;
}

function parseGraph(
  config: Readonly<Record<string, unknown>>,
  path: readonly string[],
  context: ParseContext,
): KerasGraph {
  return own(config, 'input_layers') === undefined
    ? parseSequential(config, path, context, parseLayer)
    : parseFunctional(config, path, context, parseLayer);
}

/** `Sequential` or `Functional`, which names the group of weights in a `.keras` file. */
function modelClass(className: string, config: Readonly<Record<string, unknown>>): string {
  if (className === 'Sequential') return className;
  return own(config, 'input_layers') === undefined ? className : 'Functional';
}

function buildShapeOf(value: Readonly<Record<string, unknown>>, config: Readonly<Record<string, unknown>>): unknown {
  const build = own(value, 'build_config');
  return (isRecord(build) ? own(build, 'input_shape') : undefined) ?? own(config, 'build_input_shape');
}

/** Whether the class is one of Keras itself; one of another package, or of the user, is noted. */
function checkOrigin(
  value: Readonly<Record<string, unknown>>,
  className: string,
  config: LayerConfig,
  context: ParseContext,
): boolean {
  const module = own(value, 'module');
  const registered = own(value, 'registered_name');
  const foreignModule =
    typeof module === 'string' && !/^(keras|tf_keras|tensorflow\.(python\.)?keras|builtins)(\.|$)/.test(module);
  const foreignName = typeof registered === 'string' && registered.includes('>') && !/^(keras|Keras)>/.test(registered);
  if (!foreignModule && !foreignName && !className.includes('>')) return true;
  const from = [module, registered].filter((part) => typeof part === 'string').join(', ');
  context.note(
    config.unsupported(
      `is a class of its own (${from === '' ? className : from}), whose code is not in the file; replace it by Keras layers, or export the model as ONNX or SavedModel`,
    ),
  );
  return false;
}

function unknownClass(className: string, config: Readonly<Record<string, unknown>>, subject: LayerConfig): FormatError {
  if (className === 'Lambda')
    return unsafe(subject, 'runs Python code that the file carries; replace it by Keras layers');
  if (className === 'TFSMLayer')
    return unsafe(subject, `loads the SavedModel at ${shown(own(config, 'filepath'))}; load that one instead`);
  return subject.unsupported(
    'is of a class that is not known here; see docs/keras.md for the layers that are. Replace it, or export the model as ONNX or SavedModel',
  );
}

function unsafe(subject: LayerConfig, what: string): FormatError {
  return new FormatError('ML_FORMAT_UNSAFE', `Keras model: ${subject.subject} ${what}`, {
    details: { layer: subject.subject },
  });
}
