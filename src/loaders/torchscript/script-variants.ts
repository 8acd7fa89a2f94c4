import { InputError } from '../../errors/input-error.ts';
import { MLServiceError } from '../../errors/ml-service-error.ts';
import { networkRoles } from '../../onnx-runner/network-roles.ts';
import { openBuiltGraph } from '../../onnx-runner/open-built-graph.ts';
import { graphOutputs } from '../../onnx/graph-values.ts';
import type { LoadContext, LoadedModel } from '../../spec/model-loader.ts';
import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { DType } from '../../spec/tensor.ts';
import { compileScript } from '../../torch/script/compile-script.ts';
import type { ScriptProgram } from '../../torch/script/read-script.ts';
import { descriptor } from './torchscript-format.ts';

/** The element type and extents that an input has in a call. */
export interface FedInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** What a variant keeps of the load. */
export type VariantContext = Pick<LoadContext, 'options' | 'metadata' | 'extraFeatures' | 'signal' | 'phase' | 'warn'>;

/** Graphs of one program: each holds the program's weights in the engine. */
const MAX_VARIANTS = 8;

/**
 * The graphs of a program. TorchScript does not say what shapes a program takes, and branches on them: a graph is
 * written when a shape is first fed, for any number of rows where the program allows it, else for exactly that shape.
 * Once a second shape is fed, one for all shapes is tried first.
 */
export class ScriptVariants {
  readonly #program: ScriptProgram;
  readonly #context: VariantContext;
  readonly #label: string;
  readonly #models = new Map<string, Promise<LoadedModel | undefined>>();
  #open = 0;

  constructor(program: ScriptProgram, context: VariantContext, label: string) {
    this.#program = program;
    this.#context = context;
    this.#label = label;
  }

  /**
   * The graph for a call.
   *
   * @throws `ML_FORMAT_UNSUPPORTED` where the program cannot be written for these inputs; `ML_INPUT_SHAPE` after too
   *   many different shapes
   */
  async for(inputs: readonly FedInput[]): Promise<LoadedModel> {
    const rows = sameRows(inputs);
    const attempts: (readonly (readonly Extent[])[])[] = [
      ...(rows === undefined ? [] : [inputs.map(({ shape }) => ['batch', ...shape.slice(1)])]),
      inputs.map(({ shape }) => shape),
    ];
    const anyShape = inputs.map(({ name, shape }) =>
      shape.map((_, i): Extent => (i === 0 && rows !== undefined ? 'batch' : `${name}_${i}`)),
    );
    if (this.#models.size > 0 && !this.#models.has(keyOf(inputs, attempts[0] ?? []))) attempts.unshift(anyShape);
    let failure: unknown;
    for (const shapes of attempts) {
      try {
        const model = await this.#variant(inputs, shapes);
        if (model !== undefined) return model;
      } catch (error) {
        if (!MLServiceError.isInstance(error) || error.code !== 'ML_FORMAT_UNSUPPORTED') throw error;
        failure = error;
      }
    }
    throw failure;
  }

  async dispose(): Promise<void> {
    for (const model of this.#models.values()) await (await model.catch(() => undefined))?.dispose?.();
  }

  #variant(inputs: readonly FedInput[], shapes: readonly (readonly Extent[])[]): Promise<LoadedModel | undefined> {
    const key = keyOf(inputs, shapes);
    const known = this.#models.get(key);
    if (known !== undefined) return known;
    const made = this.#make(inputs, shapes);
    this.#models.set(key, made);
    return made;
  }

  async #make(inputs: readonly FedInput[], shapes: readonly (readonly Extent[])[]): Promise<LoadedModel> {
    const typed = inputs.map(({ name, dtype }, i) => ({ name, dtype, shape: shapes[i] ?? [] }));
    const built = compileScript(this.#program, typed, this.#label);
    if (this.#open >= MAX_VARIANTS) {
      throw new InputError(
        'ML_INPUT_SHAPE',
        `the program was written for ${MAX_VARIANTS} different shapes already and cannot be written for all at once; pad the inputs to a few shapes`,
        { details: { shapes: inputs.map(({ shape }) => shape) } },
      );
    }
    this.#open++;
    const { roles, task } = networkRoles(graphOutputs(built.model), this.#context.metadata);
    return openBuiltGraph(this.#context, built, { roles, task, classes: undefined, loader: descriptor.name });
  }
}

/** The first extent of all inputs, where they have one and it is the same. */
function sameRows(inputs: readonly FedInput[]): number | undefined {
  const counts = new Set(inputs.map(({ shape }) => shape[0]));
  const [only] = counts;
  return counts.size === 1 ? only : undefined;
}

function keyOf(inputs: readonly FedInput[], shapes: readonly (readonly Extent[])[]): string {
  return inputs.map(({ name, dtype }, i) => `${name} ${dtype} [${(shapes[i] ?? []).join()}]`).join('; ');
}
