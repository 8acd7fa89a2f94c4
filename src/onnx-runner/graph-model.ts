import type { OrtModule, OrtTensor } from '../engines/onnxruntime-api.ts';
import type { OnnxSession } from '../engines/onnxruntime-session.ts';
import { PredictionError } from '../errors/prediction-error.ts';
import { applyStringNormalizer, type StringStep } from '../onnx/string-normalizer.ts';
import type { LoadContext, LoadedModel } from '../spec/model-loader.ts';
import type { Label, Task } from '../spec/model.ts';
import { runError } from './engine-errors.ts';
import { type GraphValue, toValueInfo } from './graph-value.ts';
import { compileRowBinding, type OrtFeeds, type RowBinding } from './row-binding.ts';
import { labelCodec } from './label-codec.ts';
import { type OutputRoles, rowMethods } from './row-methods.ts';
import { type Infer, RowRunner } from './row-runner.ts';
import { feedRun, type RunInput } from './feed-run.ts';
import { fromEngineTensor, toEngineTensor } from './engine-tensors.ts';
import { compileTensorBinding, isNamed } from './tensor-binding.ts';

/** What is known of a graph when its session stands. */
export interface OnnxGraph {
  readonly inputs: readonly RunInput[];
  /** Outputs that are tensors; only these are computed. */
  readonly outputs: readonly GraphValue[];
  readonly task: Task;
  readonly roles: OutputRoles;
  /** As the graph says them. */
  readonly classes: readonly Label[] | undefined;
  /** Text steps that are done before the graph, in order. */
  readonly steps: readonly StringStep[];
  /** Whether rows do not influence each other in this graph. */
  readonly rowsIndependent: boolean;
  /** Whether an operator of the graph ends the process when it is given no elements. */
  readonly diesOnEmpty: string | undefined;
  /** Estimated resident bytes. */
  readonly byteSize: number;
}

/** What a model keeps of the load: not the artefact, whose bytes would stay in memory with it. */
export type ModelContext = Pick<LoadContext, 'metadata' | 'extraFeatures' | 'warn'>;

/**
 * A model over a session: row methods where the inputs are a table and the outputs have roles,
 * `run` always.
 */
export function createGraphModel(session: OnnxSession, graph: OnnxGraph, context: ModelContext): LoadedModel {
  const { runtime } = session;
  const { ort } = runtime;
  const { metadata, extraFeatures, warn } = context;
  const outputs = new Map(graph.outputs.map((output) => [output.name, output]));
  const names = [...outputs.keys()];

  const complete = feedCompleter(ort, graph);

  const infer: Infer = async (feeds, wanted, rows) => {
    let result: Readonly<Record<string, OrtTensor>>;
    try {
      result = await session.run(complete === undefined ? feeds : complete(feeds), wanted);
    } catch (error) {
      throw runError(error, runtime);
    }
    return wanted.map((name) => {
      const tensor = fromEngineTensor(result[name] as OrtTensor, outputs.get(name) as GraphValue);
      if (rows !== undefined && tensor.shape[0] !== rows) throw misaligned(name, tensor.shape, rows);
      return tensor;
    });
  };

  const fed = graph.inputs.filter((input) => input.fallback === undefined);
  const binding = compileBinding(
    fed,
    compileRowBinding(fed, {
      ort,
      features: metadata?.features,
      extraFeatures,
      onExtra: (extra) =>
        warn({ code: 'extra-features', message: `keys that are no feature of the model: ${extra.join(', ')}` }),
    }),
    compileTensorBinding(fed, ort),
  );
  const labels = labelCodec(graph.classes, metadata?.classes);
  const methods = binding === undefined ? {} : rowMethods(graph.roles, new RowRunner(binding, infer, outputs), labels);

  return {
    info: {
      task: graph.task,
      engine: runtime.name,
      inputs: graph.inputs.map(toValueInfo),
      outputs: graph.outputs.map(toValueInfo),
      classes: labels.classes,
      featureNames: binding?.featureNames ?? metadata?.features,
    },
    byteSize: graph.byteSize,
    // A graph of a fixed number of rows would take from joined calls what it refuses of each.
    rowsIndependent: graph.rowsIndependent && graph.steps.length === 0 && binding?.batchSize === undefined,
    ...methods,
    async run(feeds) {
      const tensors = await infer(feedRun(ort, graph.inputs, feeds, graph.diesOnEmpty), names);
      return Object.fromEntries(tensors.map((tensor, i) => [names[i] as string, tensor]));
    },
    dispose: () => session.release(),
  };
}

/** Rows are a table where the graph takes one, unless they are keyed by the names of several inputs. */
function compileBinding(
  inputs: readonly GraphValue[],
  table: RowBinding | undefined,
  tensors: RowBinding | undefined,
): RowBinding | undefined {
  if (table === undefined || tensors === undefined) return table ?? tensors;
  const singles = inputs.every(({ shape }) => shape?.length === 1 || shape?.[1] === 1);
  if (inputs.length === 1 || singles) return table;
  return {
    ...table,
    bind: (rows) => (inputs.every((input) => isNamed(rows, input)) ? tensors.bind(rows) : table.bind(rows)),
  };
}

/** What every call's feeds need besides: defaults and text steps; `undefined` where they need nothing. */
function feedCompleter(ort: OrtModule, { inputs, steps }: OnnxGraph): ((feeds: OrtFeeds) => OrtFeeds) | undefined {
  const defaults: Record<string, OrtTensor> = {};
  for (const input of inputs) {
    if (input.fallback !== undefined) defaults[input.name] = toEngineTensor(ort, input, input.fallback);
  }
  if (steps.length === 0 && Object.keys(defaults).length === 0) return undefined;
  return (feeds) => {
    const all: Record<string, OrtTensor> = { ...defaults, ...feeds };
    for (const step of steps) {
      const { data, dims } = all[step.input] as OrtTensor;
      const text = applyStringNormalizer({ data: data as readonly string[], shape: dims, dtype: 'string' }, step);
      all[step.input] = new ort.Tensor('string', text.data, text.shape);
    }
    return all;
  };
}

function misaligned(output: string, shape: readonly number[], rows: number): PredictionError {
  return new PredictionError(
    'ML_PREDICT_FAILED',
    `output ${JSON.stringify(output)} has shape [${shape.join(', ')}] for ${rows} rows; use run() for this model`,
    { details: { output, shape, rows } },
  );
}
