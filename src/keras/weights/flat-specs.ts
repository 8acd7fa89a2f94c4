import { filled } from '../graph/filled.ts';
import type { LayerType } from '../graph/layer-type.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import { lastPart, type WeightSpec } from '../model/weight-spec.ts';

/** A variable of a model with the places where files keep it. */
export interface FlatSpec {
  /** Unique in the model: names of the layers around it and its own, e.g. `encoder/dense_1/kernel`. */
  readonly name: string;
  /** Names of the layers around it, outermost first, the outermost model left out. */
  readonly layers: readonly string[];
  /** Its name inside the innermost layer. */
  readonly inLayer: string;
  /** Names that the last part of a stored name may be. */
  readonly leaves: readonly string[];
  /** Where a `.keras` file has it: `layers/dense_1/vars/0`. */
  readonly stored: string;
}

/** Variables in the two lists that Keras makes of them. */
export interface SpecLists {
  readonly trainable: readonly FlatSpec[];
  readonly others: readonly FlatSpec[];
}

/**
 * The variables of a layer or model. Their order is that of Keras's `weights`, by which `.h5` files
 * list them: the trainable ones of all layers first, and everything that is frozen afterwards.
 */
export function flatSpecs(layer: KerasLayer, types: ReadonlyMap<string, LayerType>): SpecLists {
  return listsOf(layer, { types, layers: [], group: [] });
}

interface Place {
  readonly types: ReadonlyMap<string, LayerType>;
  readonly layers: readonly string[];
  readonly group: readonly string[];
}

function listsOf(layer: KerasLayer, place: Place): SpecLists {
  if (layer.graph === undefined) return ownLists(layer, place);
  const { types, layers, group } = place;
  const names = groupNames(layer.graph.layers);
  const children = layer.graph.layers.map((child, i) =>
    listsOf(child, { types, layers: [...layers, child.name], group: [...group, 'layers', names[i] as string] }),
  );
  if (layer.trainable) {
    return {
      trainable: children.flatMap(({ trainable }) => trainable),
      others: children.flatMap(({ others }) => others),
    };
  }
  return { trainable: [], others: children.flatMap(({ trainable, others }) => [...trainable, ...others]) };
}

function ownLists(layer: KerasLayer, { types, layers, group }: Place): SpecLists {
  const specs = specsOf(layer, types);
  const positions = numbered(specs);
  const flat = specs.map((spec, i): FlatSpec => {
    const owner = [...group, ...(spec.owner ?? [])];
    return {
      name: [...layers, spec.name].join('/'),
      layers,
      inLayer: spec.name,
      leaves: [spec.leaf ?? lastPart(spec.name), ...(spec.formerly ?? [])],
      stored: [...owner, 'vars', positions[i]].join('/'),
    };
  });
  const trainable = flat.filter((_, i) => specs[i]?.trainable !== false);
  const others = flat.filter((_, i) => specs[i]?.trainable === false);
  return layer.trainable ? { trainable, others } : { trainable: [], others: [...trainable, ...others] };
}

/**
 * The variables of one layer as its class declares them; those of a model by the names of its
 * layers, for layers that wrap one.
 */
export function specsOf(layer: KerasLayer, types: ReadonlyMap<string, LayerType>): readonly WeightSpec[] {
  if (layer.graph === undefined) return types.get(layer.className)?.weights?.(layer) ?? [];
  const names = groupNames(layer.graph.layers);
  return layer.graph.layers.flatMap((child, i) =>
    specsOf(child, types).map((spec) => ({
      ...spec,
      name: `${child.name}/${spec.name}`,
      leaf: spec.leaf ?? lastPart(spec.name),
      owner: ['layers', names[i] as string, ...(spec.owner ?? [])],
    })),
  );
}

/** The number of each variable among those of its owner: trainable ones first. */
function numbered(specs: readonly WeightSpec[]): readonly number[] {
  const counts = new Map<string, number>();
  const positions = filled(specs.length, 0);
  for (const wanted of [true, false]) {
    for (const [i, spec] of specs.entries()) {
      if ((spec.trainable !== false) !== wanted) continue;
      const owner = (spec.owner ?? []).join('/');
      const count = counts.get(owner) ?? 0;
      positions[i] = count;
      counts.set(owner, count + 1);
    }
  }
  return positions;
}

/** Classes that configurations name otherwise than Python does. */
const REAL_NAMES: ReadonlyMap<string, string> = new Map([['GroupQueryAttention', 'GroupedQueryAttention']]);

/** The groups of a model's layers: the class in snake case, with a number from the second of a class on. */
export function groupNames(layers: readonly KerasLayer[]): readonly string[] {
  const counts = new Map<string, number>();
  return layers.map(({ className, storedClass }) => {
    // Operations of Keras 3 are no layers and are not counted.
    if (className.startsWith('ops.')) return '';
    const snake = snakeCase(REAL_NAMES.get(storedClass) ?? storedClass);
    const count = counts.get(snake) ?? 0;
    counts.set(snake, count + 1);
    return count === 0 ? snake : `${snake}_${count}`;
  });
}

/** `to_snake_case` of Keras. */
function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
