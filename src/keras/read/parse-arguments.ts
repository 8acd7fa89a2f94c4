import type { Argument, TensorRef } from '../model/keras-layer.ts';
import { isRecord, own, shown } from '../model/layer-config.ts';
import { malformed, type ParseContext } from './parse-context.ts';

/** Where a tensor of a call comes from, as the file numbers it. */
export interface RawRef {
  readonly layer: string;
  readonly node: number;
  readonly tensor: number;
}

/** Arguments of one call, before node numbers are resolved. */
export interface RawCall {
  readonly positional: readonly Argument[];
  readonly named: ReadonlyMap<string, Argument>;
}

/** Turns the file's node number into which call of the layer is meant. */
export type ResolveRef = (ref: RawRef) => TensorRef;

const CONSTANT = '_CONSTANT_VALUE';

/**
 * One entry of `inbound_nodes`: of Keras 3 (`{ args, kwargs }`), or a structure of
 * `[layer, node, tensor, kwargs]` of Keras 2.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT`
 */
export function parseCall(value: unknown, resolve: ResolveRef, context: ParseContext): RawCall {
  if (isRecord(value) && Array.isArray(own(value, 'args'))) {
    const kwargs = own(value, 'kwargs') ?? {};
    if (!isRecord(kwargs)) throw malformed(`a call has kwargs=${shown(kwargs)}`);
    return {
      positional: (own(value, 'args') as readonly unknown[]).map((item) => parseArgument(item, resolve, context)),
      named: new Map(Object.entries(kwargs).map(([key, item]) => [key, parseArgument(item, resolve, context)])),
    };
  }
  let kwargs: unknown = {};
  const structure = (item: unknown, depth: number): Argument => {
    context.checkDepth(depth, 'an argument of a call');
    if (isLeaf(item)) {
      if (item.length === 4) kwargs = item[3];
      if (item[0] === CONSTANT) return { kind: 'constant', value: item[2] };
      return { kind: 'tensor', ref: resolve({ layer: item[0], node: item[1], tensor: item[2] as number }) };
    }
    if (Array.isArray(item)) return { kind: 'list', items: item.map((inner) => structure(inner, depth + 1)) };
    if (isRecord(item)) {
      return {
        kind: 'record',
        items: new Map(Object.entries(item).map(([key, inner]) => [key, structure(inner, depth + 1)])),
      };
    }
    throw malformed(`a call has the input ${shown(item)}`);
  };
  const inputs = structure(value, 0);
  if (!isRecord(kwargs)) throw malformed(`a call has kwargs=${shown(kwargs)}`);
  const only = inputs.kind === 'list' && inputs.items.length === 1 ? inputs.items[0] : undefined;
  return {
    positional: [only ?? inputs],
    named: new Map(Object.entries(kwargs).map(([key, item]) => [key, parseArgument(item, resolve, context)])),
  };
}

/** An argument of Keras 3, or a keyword of Keras 2: tensors may stand anywhere in lists and records. */
function parseArgument(value: unknown, resolve: ResolveRef, context: ParseContext, depth = 0): Argument {
  context.checkDepth(depth, 'an argument of a call');
  if (isRecord(value) && own(value, 'class_name') === '__keras_tensor__') {
    const config = own(value, 'config');
    const history = isRecord(config) ? own(config, 'keras_history') : undefined;
    if (!isLeaf(history)) throw malformed(`a tensor has keras_history=${shown(history)}`);
    return { kind: 'tensor', ref: resolve({ layer: history[0], node: history[1], tensor: history[2] as number }) };
  }
  if (isLeaf(value)) {
    if (value[0] === CONSTANT) return { kind: 'constant', value: value[2] };
    return { kind: 'tensor', ref: resolve({ layer: value[0], node: value[1], tensor: value[2] as number }) };
  }
  const nested = (item: unknown): Argument => parseArgument(item, resolve, context, depth + 1);
  if (Array.isArray(value)) return { kind: 'list', items: value.map(nested) };
  // Slices, constant tensors and the like of Keras 3: their readers want them whole.
  if (!isRecord(value) || own(value, 'class_name') !== undefined) return { kind: 'constant', value };
  return { kind: 'record', items: new Map(Object.entries(value).map(([key, item]) => [key, nested(item)])) };
}

type Leaf = readonly [string, number, unknown, unknown?];

/** `[layer, node, tensor]` or `[layer, node, tensor, kwargs]`. */
export function isLeaf(value: unknown): value is Leaf {
  if (!Array.isArray(value) || value.length < 3 || value.length > 4 || typeof value[0] !== 'string') return false;
  return Number.isInteger(value[1]) && (Number.isInteger(value[2]) || value[0] === CONSTANT);
}
