import { MetadataError } from '../../errors/metadata-error.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { TensorLike } from '../../spec/tensor.ts';

/** One module of a description: its type, its settings, where it stands. */
export class LayerSpec {
  readonly type: string;
  /** The path that PyTorch gives its tensors, e.g. `features.0`; empty for the root. */
  readonly path: string;
  readonly #settings: ReadonlyMap<string, unknown>;
  readonly #used = new Set<string>(['type']);

  constructor(description: unknown, path: string) {
    if (typeof description !== 'object' || description === null || Array.isArray(description)) {
      throw new MetadataError(
        'ML_METADATA_INVALID',
        `torch.module: ${path || 'the root'} must be an object with a type`,
      );
    }
    this.#settings = new Map(Object.entries(description));
    this.path = path;
    const type = this.#settings.get('type');
    if (typeof type !== 'string') throw this.bad('has no type');
    this.type = type;
  }

  has(name: string): boolean {
    return this.#settings.has(name);
  }

  raw(name: string): unknown {
    this.#used.add(name);
    return this.#settings.get(name);
  }

  number(name: string, otherwise: number): number {
    const value = this.raw(name) ?? otherwise;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.bad(`needs a number as "${name}"`);
    return value;
  }

  integer(name: string, otherwise: number): number {
    const value = this.number(name, otherwise);
    if (!Number.isInteger(value)) throw this.bad(`needs a whole number as "${name}"`);
    return value;
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.raw(name) ?? otherwise;
    if (typeof value !== 'boolean') throw this.bad(`needs true or false as "${name}"`);
    return value;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.raw(name) ?? choices[0];
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.bad(`needs one of ${choices.join(', ')} as "${name}"`);
    return found;
  }

  /** A whole number for each of so many dimensions, or one for all of them. */
  sizes(name: string, dimensions: number, otherwise?: number): number[] {
    const value = this.raw(name) ?? otherwise;
    const list = Array.isArray(value) ? (value as unknown[]) : Array.from({ length: dimensions }, () => value);
    const numbers = list.filter((item): item is number => Number.isSafeInteger(item) && (item as number) >= 0);
    if (numbers.length !== dimensions || list.length !== dimensions) {
      throw this.bad(`needs a whole number, or ${dimensions} of them, as "${name}"`);
    }
    return numbers;
  }

  /** A setting that the tensors tell already: where it is stated, it must agree. */
  expect(name: string, actual: unknown): void {
    const stated = this.raw(name);
    if (stated !== undefined && stated !== actual) {
      throw this.bad(`states ${JSON.stringify(stated)} as "${name}", its tensors say ${JSON.stringify(actual)}`);
    }
  }

  /** Refuses settings that no reader asked for: a setting that is ignored would give other predictions. */
  finish(): void {
    const unknown = [...this.#settings.keys()].filter((name) => !this.#used.has(name));
    if (unknown.length > 0) throw this.bad(`has unknown settings: ${unknown.join(', ')}`);
  }

  bad(what: string): MetadataError {
    const where = this.path === '' ? 'the root' : JSON.stringify(this.path);
    return new MetadataError(
      'ML_METADATA_INVALID',
      `torch.module: ${where}${this.type ? ` (${this.type})` : ''} ${what}`,
      {
        details: { path: this.path, type: this.type },
      },
    );
  }
}

/** What a layer is written with. */
export interface LayerContext {
  readonly graph: GraphBuilder;
  /** A tensor of the layer by its name in the module (`weight`); an error where it is missing. */
  tensor(spec: LayerSpec, name: string): TensorLike;
  /** The same, `undefined` where it is missing. */
  optional(spec: LayerSpec, name: string): TensorLike | undefined;
  /** Writes a module inside another one. */
  child(description: unknown, path: string, input: Value): Value;
}

/** Writes one layer for its input, gives its output. */
export type Layer = (input: Value, spec: LayerSpec, context: LayerContext) => Value;

/** Layers by the name of their class in `torch.nn`. */
export type LayerTable = ReadonlyMap<string, Layer>;

/** The rank of a value, where a layer depends on it. */
export function rankOf(input: Value, spec: LayerSpec): number {
  if (input.shape === undefined) throw spec.bad('needs an input whose number of dimensions is known');
  return input.shape.length;
}

/** A shape of so many dimensions of unknown extent, the first ones as of the input. */
export function shapeOf(
  rank: number,
  known: Readonly<Record<number, number>> = {},
  batch: Value['shape'] = [],
): (number | string | null)[] {
  return Array.from({ length: rank }, (_, i) => known[i] ?? (i === 0 ? (batch[0] ?? null) : null));
}

/** The constant of a tensor. */
export function constantOf(context: LayerContext, spec: LayerSpec, name: string): Value {
  return context.graph.constant(context.tensor(spec, name), `${spec.path}.${name}`);
}

/** The constant of a tensor that may be missing. */
export function optionalConstant(context: LayerContext, spec: LayerSpec, name: string): Value | undefined {
  const tensor = context.optional(spec, name);
  return tensor && context.graph.constant(tensor, `${spec.path}.${name}`);
}

/** A constant of one number everywhere. */
export function filled(context: LayerContext, shape: readonly number[], value: number): Value {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return context.graph.constant({ data: new Float32Array(size).fill(value), shape, dtype: 'float32' });
}
