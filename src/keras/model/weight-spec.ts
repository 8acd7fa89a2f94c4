/**
 * One variable of a layer, as its class declares it. A file stores variables in one of three ways,
 * all of which are found by this: an `.h5` file lists, per layer of the outermost model, trainable
 * variables before the others, each with a name; a `.keras` file has a group per object with
 * numbered variables; a TensorFlow.js manifest lists names.
 */
export interface WeightSpec {
  /** Name inside the layer, unique: `kernel`, `query/kernel`, `forward/kernel`. What translators ask for. */
  readonly name: string;
  /** The last part of the names that files give: `kernel`. Default: the last part of `name`. */
  readonly leaf?: string;
  /** Other leaf names that the same variable had in other versions. */
  readonly formerly?: readonly string[];
  /** `false` for moving statistics and the like, which `.h5` files list after all trainable ones. Default true. */
  readonly trainable?: boolean;
  /**
   * Path of the object that owns the variable, relative to the layer, as attributes are called in
   * Keras: `['cell']`, `['forward_layer', 'cell']`. Default: the layer itself. The position among
   * the variables of one owner is the number in a `.keras` file: trainable ones first.
   */
  readonly owner?: readonly string[];
}

/** The variables of an object that a layer owns, as the layer's own. */
export function nestedSpecs(
  specs: readonly WeightSpec[],
  { name, owner }: { readonly name: string; readonly owner: readonly string[] },
): readonly WeightSpec[] {
  return specs.map((spec) => ({
    ...spec,
    name: `${name}/${spec.name}`,
    leaf: spec.leaf ?? lastPart(spec.name),
    owner: [...owner, ...(spec.owner ?? [])],
  }));
}

/** `kernel` of `query/kernel`. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
