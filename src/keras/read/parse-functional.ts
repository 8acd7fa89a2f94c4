import type { KerasCall, KerasGraph, KerasLayer, KerasOutput, TensorRef } from '../model/keras-layer.ts';
import { isRecord, own, shown } from '../model/layer-config.ts';
import { inputOf } from './input-layer.ts';
import { isLeaf, parseCall, type RawRef } from './parse-arguments.ts';
import { malformed, type ParseContext, type ParseLayer } from './parse-context.ts';

/**
 * The network of a Functional model: layers with `inbound_nodes`, `input_layers` and `output_layers`.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT`
 */
export function parseFunctional(
  config: Readonly<Record<string, unknown>>,
  path: readonly string[],
  context: ParseContext,
  parseLayer: ParseLayer,
): KerasGraph {
  const where = path.join('/');
  const described = own(config, 'layers');
  if (!Array.isArray(described)) throw malformed(`model ${where} has no list of layers`);
  const layers: KerasLayer[] = [];
  const nodes = new Map<string, readonly unknown[]>();
  const byName = new Map<string, KerasLayer>();
  for (const item of described) {
    const parsed = parseLayer(item, path, context);
    // The name beside the class is the one that calls use.
    const name = isRecord(item) ? own(item, 'name') : undefined;
    const layer = typeof name === 'string' && name !== parsed.name ? { ...parsed, name } : parsed;
    if (byName.has(layer.name)) throw malformed(`model ${where} has two layers named ${JSON.stringify(layer.name)}`);
    byName.set(layer.name, layer);
    layers.push(layer);
    const inbound = isRecord(item) ? (own(item, 'inbound_nodes') ?? []) : [];
    if (!Array.isArray(inbound)) throw malformed(`layer ${where}/${layer.name} has inbound_nodes=${shown(inbound)}`);
    nodes.set(layer.name, layer.className === 'InputLayer' ? [] : inbound);
  }
  const resolver =
    (base: (layer: KerasLayer) => number) =>
    (ref: RawRef): TensorRef =>
      resolveRef(ref, { byName, nodes, base, where });
  const resolveInner = resolver((layer) => firstNode(layer, context));
  const calls = layers.flatMap((layer) =>
    (nodes.get(layer.name) ?? []).map(
      (node, index): KerasCall => ({ layer, index, ...parseCall(node, resolveInner, context) }),
    ),
  );
  // Keras 3 counts a Functional model's own node here, and nowhere else.
  const resolveEdge = resolver((layer) => {
    if (context.generation === 2) return firstNode(layer, context);
    return layer.className === 'Functional' ? 1 : 0;
  });
  const inputs = flatRefs(own(config, 'input_layers'), {
    resolve: resolveEdge,
    context,
    what: `${where} has input_layers`,
  }).map(({ ref }) => {
    const layer = byName.get(ref.layer) as KerasLayer;
    if (layer.className !== 'InputLayer')
      throw malformed(`model ${where} begins with layer ${layer.name}, which is no input`);
    return inputOf(layer, ref);
  });
  const outputs = named(
    flatRefs(own(config, 'output_layers'), { resolve: resolveEdge, context, what: `${where} has output_layers` }),
  );
  if (inputs.length === 0 || outputs.length === 0) throw malformed(`model ${where} has no inputs or no outputs`);
  return { layers, calls, inputs, outputs };
}

interface RefContext {
  readonly byName: ReadonlyMap<string, KerasLayer>;
  readonly nodes: ReadonlyMap<string, readonly unknown[]>;
  readonly base: (layer: KerasLayer) => number;
  readonly where: string;
}

/**
 * Keras numbers the calls of a nested model from 1 where the model was built by itself before: that
 * was call 0. Which rule a file follows depends on the version; the number of calls decides where
 * the rule of the version does not fit.
 */
function resolveRef({ layer: name, node, tensor }: RawRef, { byName, nodes, base, where }: RefContext): TensorRef {
  const layer = byName.get(name);
  if (layer === undefined) throw malformed(`model ${where} uses a layer ${JSON.stringify(name)} that it does not have`);
  if (layer.className === 'InputLayer') return { layer: name, call: 0, tensor };
  const count = (nodes.get(name) ?? []).length;
  const start = base(layer);
  const call = [node - start, node - (1 - start)].find((index) => index >= 0 && index < count);
  if (call === undefined || tensor < 0) {
    throw malformed(
      `model ${where} uses output ${tensor} of call ${node} of layer ${JSON.stringify(name)}, which has ${count} calls`,
    );
  }
  return { layer: name, call, tensor };
}

function firstNode(layer: KerasLayer, { generation }: ParseContext): number {
  if (layer.graph === undefined || generation === 3) return 0;
  // A Sequential model that was built by its first call has no node of its own.
  return layer.className === 'Functional' || layer.graph.layers[0]?.className === 'InputLayer' ? 1 : 0;
}

interface NamedRef {
  readonly ref: TensorRef;
  /** The key, where the structure is a record. */
  readonly key: string | undefined;
}

/** How the edges of a model are read. */
interface EdgeContext {
  readonly resolve: (ref: RawRef) => TensorRef;
  readonly context: ParseContext;
  /** What the structure is, for messages. */
  readonly what: string;
}

/** The tensors of a structure of lists and records, records by sorted key as TensorFlow flattens them. */
function flatRefs(value: unknown, edges: EdgeContext, key?: string, depth = 0): readonly NamedRef[] {
  const { resolve, context, what } = edges;
  context.checkDepth(depth, `model ${what}, which`);
  if (isLeaf(value)) return [{ ref: resolve({ layer: value[0], node: value[1], tensor: value[2] as number }), key }];
  if (Array.isArray(value)) return value.flatMap((item) => flatRefs(item, edges, undefined, depth + 1));
  if (isRecord(value)) {
    const sorted = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return sorted.flatMap(([name, item]) => flatRefs(item, edges, name, depth + 1));
  }
  throw malformed(`model ${what}=${shown(value)}`);
}

/** Outputs are called like their layers, or like the keys of a record; a second one of a name gets a number. */
function named(refs: readonly NamedRef[]): readonly KerasOutput[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return refs.map(({ ref, key }) => {
    const wish = key ?? ref.layer;
    let name = wish;
    while (taken.has(name)) {
      const count = counts.get(wish) ?? 1;
      name = `${wish}_${count}`;
      counts.set(wish, count + 1);
    }
    taken.add(name);
    return { name, ref };
  });
}
