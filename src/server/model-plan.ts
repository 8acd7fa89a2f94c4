import { methodOfOutput, outputOfMethod } from '../protocol/method-outputs.ts';
import { datatypeOf } from '../protocol/datatype.ts';
import type { NamedTensor, TensorMetadata } from '../protocol/messages.ts';
import type { Model, ModelInfo, ModelMethod, RowMethod, ValueInfo } from '../spec/model.ts';

/** What answers an output by name. */
export type OutputSource = { readonly method: RowMethod } | { readonly graph: string };

const DEFAULT_ORDER: readonly ModelMethod[] = ['predict', 'transform', 'scoreSamples', 'decisionFunction', 'apply'];

/** How a loaded model answers requests of the protocol: worked out once per model. */
export class ModelPlan {
  /** Whether whole numbers that `predict` gives were integers in Python. */
  readonly integerLabels: boolean;
  readonly #info: ModelInfo;
  readonly #methods: ReadonlySet<ModelMethod>;
  readonly #graphInputs: ReadonlyMap<string, ValueInfo>;
  readonly #graphOutputs: readonly ValueInfo[];
  readonly #outputs: ReadonlyMap<string, OutputSource>;

  constructor({ info, methods }: Pick<Model, 'info' | 'methods'>) {
    this.#info = info;
    this.#methods = new Set(methods);
    const isGraph = this.#methods.has('run');
    this.#graphInputs = new Map(isGraph ? info.inputs.map((input) => [input.name, input]) : []);
    this.#graphOutputs = isGraph ? info.outputs : [];
    this.#outputs = new Map<string, OutputSource>([
      ...this.#graphOutputs.map(({ name }) => [name, { graph: name }] as const),
      // A method keeps its name where a graph has an output of the same.
      ...[...this.#methods].flatMap((method) =>
        method === 'run' ? [] : [[outputOfMethod(method), { method }] as const],
      ),
    ]);
    this.integerLabels = hasIntegerLabels(info);
  }

  /** Of the model that was loaded. */
  get version(): string | undefined {
    return this.#info.version;
  }

  /** Names of all outputs that can be asked for. */
  get outputNames(): readonly string[] {
    return [...this.#outputs.keys()];
  }

  /** What answers an output of that name; `undefined` where nothing does. */
  source(output: string): OutputSource | undefined {
    const known = this.#outputs.get(output);
    if (known !== undefined) return known;
    // A graph that does not say what it gives is asked.
    return this.#methods.has('run') && this.#graphOutputs.length === 0 ? { graph: output } : undefined;
  }

  /** Whether tensors are the inputs of the model's graph by name and type, so that they can go there as they are. */
  #fitsGraph(inputs: readonly NamedTensor[]): boolean {
    if (this.#graphInputs.size === 0 || inputs.length !== this.#graphInputs.size) return false;
    return inputs.every(({ name, datatype }) => {
      const input = this.#graphInputs.get(name);
      return input !== undefined && (input.dtype === undefined || datatypeOf(input.dtype) === datatype);
    });
  }

  /** What a request that names no outputs gets: all of the graph's for its own inputs, else the main method's. */
  defaults(inputs: readonly NamedTensor[]): readonly string[] | 'graph' {
    const main = DEFAULT_ORDER.find((method) => this.#methods.has(method)) as RowMethod | undefined;
    if (main === undefined) return 'graph';
    return this.#fitsGraph(inputs) ? 'graph' : [outputOfMethod(main)];
  }

  inputMetadata(): TensorMetadata[] {
    return this.#info.inputs.map(({ name, dtype, shape }) => ({
      name,
      datatype: (dtype && datatypeOf(dtype)) ?? 'FP64',
      shape: shape.map(extentOf),
    }));
  }

  outputMetadata(): TensorMetadata[] {
    return this.outputNames.map((name) => {
      const method = methodOfOutput(name);
      // Estimators call their outputs by the methods of this library.
      const known = this.#info.outputs.find((output) => output.name === name || output.name === method);
      return {
        name,
        datatype: (known?.dtype && datatypeOf(known.dtype)) ?? (method === 'predict' ? this.#labelType() : 'FP64'),
        shape: known?.shape.map(extentOf) ?? (method === 'predict' ? [-1] : [-1, this.#width(method)]),
      };
    });
  }

  #labelType(): TensorMetadata['datatype'] {
    if (this.integerLabels) return 'INT64';
    const [label] = this.#info.classes ?? [];
    return typeof label === 'string' ? 'BYTES' : typeof label === 'boolean' ? 'BOOL' : 'FP64';
  }

  #width(method: RowMethod | undefined): number {
    const isPerClass = method === 'predictProba' || method === 'predictLogProba';
    return isPerClass ? (this.#info.classes?.length ?? -1) : -1;
  }
}

function extentOf(extent: number | string | null): number {
  return typeof extent === 'number' ? extent : -1;
}

function hasIntegerLabels({ classes, outputs, task }: ModelInfo): boolean {
  const dtype = outputs.find(({ name }) => name === 'predict')?.dtype;
  if (dtype !== undefined) return dtype.startsWith('int') || dtype.startsWith('uint');
  if (classes !== undefined) return classes.every((label) => Number.isInteger(label) || typeof label === 'bigint');
  return task === 'clustering' || task === 'outlier-detection';
}
