import type { FlatSpec, SpecLists } from './flat-specs.ts';
import { misfit } from './weight-problem.ts';

/** A stored variable: the parts of its name, and how to get it. */
export interface StoredWeight<T> {
  readonly parts: readonly string[];
  readonly value: T;
}

/** The parts of a stored name: `dense/kernel:0` gives `dense`, `kernel`. */
export function partsOf(name: string): readonly string[] {
  return name
    .replace(/:\d+$/, '')
    .split('/')
    .filter((part) => part !== '');
}

/**
 * Finds the variables of a model, or of one of its layers, among stored ones: by the layer's name
 * inside the stored name where that is unambiguous, else by Keras's own rule, the order, and then
 * only if every name ends as it must.
 *
 * @param what the place in the file, for messages
 * @param ordered whether the file lists variables in Keras's order
 * @throws `ML_FORMAT_MALFORMED` where numbers or names do not fit
 */
export function matchByName<T>(
  { trainable, others }: SpecLists,
  stored: readonly StoredWeight<T>[],
  { what, ordered }: { readonly what: string; readonly ordered: boolean },
): ReadonlyMap<string, T> {
  const specs = [...trainable, ...others];
  if (specs.length !== stored.length) {
    throw misfit(`${what} has ${stored.length} variables, the architecture needs ${specs.length}`);
  }
  const found = byLayer(specs, stored);
  if (found !== undefined) return found;
  const wrong = specs.findIndex((spec, i) => !endsAs(spec, stored[i] as StoredWeight<T>));
  if (ordered && wrong < 0) return new Map(specs.map((spec, i) => [spec.name, (stored[i] as StoredWeight<T>).value]));
  const at = Math.max(wrong, 0);
  throw misfit(
    `${what} has a variable "${stored[at]?.parts.join('/')}" where the architecture has "${specs[at]?.name}"`,
  );
}

function byLayer<T>(
  specs: readonly FlatSpec[],
  stored: readonly StoredWeight<T>[],
): ReadonlyMap<string, T> | undefined {
  const found = new Map<string, T>();
  const used = new Set<StoredWeight<T>>();
  const layers = new Map<string, FlatSpec[]>();
  for (const spec of specs) {
    const key = JSON.stringify(spec.layers);
    layers.set(key, [...(layers.get(key) ?? []), spec]);
  }
  for (const own of layers.values()) {
    const candidates = layers.size === 1 ? stored : candidatesOf(own, stored);
    const matched = candidates === undefined ? undefined : inLayer(own, candidates);
    if (matched === undefined) return undefined;
    for (const [spec, weight] of matched) {
      if (used.has(weight)) return undefined;
      used.add(weight);
      found.set(spec.name, weight.value);
    }
  }
  return found;
}

/** The stored variables whose names have the layer's name in them, with as many of the names around it as it takes. */
function candidatesOf<T>(
  own: readonly FlatSpec[],
  stored: readonly StoredWeight<T>[],
): readonly StoredWeight<T>[] | undefined {
  const { layers } = own[0] as FlatSpec;
  for (let depth = 1; depth <= layers.length; depth++) {
    const wanted = layers.slice(-depth).flatMap((name) => name.split('/'));
    const matching = stored.filter(({ parts }) => contains(parts.slice(0, -1), wanted));
    if (matching.length === own.length) return matching;
    if (matching.length < own.length) return undefined;
  }
  return undefined;
}

function contains(parts: readonly string[], wanted: readonly string[]): boolean {
  return parts.some((_, i) => wanted.every((part, j) => parts[i + j] === part));
}

/** The variables of one layer: in order where the names end as they must, else by their last parts. */
function inLayer<T>(
  own: readonly FlatSpec[],
  candidates: readonly StoredWeight<T>[],
): readonly (readonly [FlatSpec, StoredWeight<T>])[] | undefined {
  if (candidates.length !== own.length) return undefined;
  if (own.every((spec, i) => endsAs(spec, candidates[i] as StoredWeight<T>))) {
    return own.map((spec, i) => [spec, candidates[i] as StoredWeight<T>] as const);
  }
  const pairs = own.map((spec) => [spec, candidates.filter((weight) => endsAs(spec, weight))] as const);
  if (!pairs.every(([, weights]) => weights.length === 1)) return undefined;
  return pairs.map(([spec, weights]) => [spec, weights[0] as StoredWeight<T>] as const);
}

/** Whether a stored name ends as the variable is called; TensorFlow numbers names that it had before. */
function endsAs<T>({ leaves }: FlatSpec, { parts }: StoredWeight<T>): boolean {
  const last = parts.at(-1) ?? '';
  return leaves.includes(last) || leaves.includes(last.replace(/_\d+$/, ''));
}
