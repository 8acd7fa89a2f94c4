import type { OrtSession, OrtTensor } from './onnxruntime-api.ts';
import type { TfDataType, TfEdge, TfGraphModel, TfLayersModel, TfModule, TfTensor } from './tfjs-api.ts';

/** A named tensor outside the engine. */
export class HostTensor implements OrtTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];

  constructor(type: string, data: unknown, dims: readonly number[]) {
    this.type = type;
    this.data = data;
    this.dims = dims;
  }
}

/** How one model is run: tensors in the order of its inputs, results in the order of `outputs`. */
interface Run {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly call: (feeds: ReadonlyMap<string, TfTensor>, outputs: readonly string[]) => Promise<readonly TfTensor[]>;
  readonly dispose: () => unknown;
}

/** Node of a graph to the name that callers use. */
type PublicNames = ReadonlyMap<string, { readonly name: string }>;

/** A graph model behind the face of a session. Nodes without a public name go by their own. */
export function graphSession(
  tf: TfModule,
  model: TfGraphModel,
  names: { readonly inputs: PublicNames; readonly outputs: PublicNames },
): OrtSession {
  const renamed = (edges: readonly TfEdge[], table: PublicNames): readonly string[] =>
    edges.map(({ name }) => table.get(name)?.name ?? name);
  const inputs = renamed(model.inputs, names.inputs);
  const outputs = renamed(model.outputs, names.outputs);
  const nodeOf = new Map(outputs.map((name, i) => [name, model.outputs[i]?.name ?? name]));
  return session(tf, {
    inputs,
    outputs,
    // `execute` refuses graphs with control flow; this one takes all.
    call: async (feeds, wanted) => {
      const byNode = inputs.flatMap((name, i): [string, TfTensor][] => {
        const tensor = feeds.get(name);
        return tensor === undefined ? [] : [[model.inputs[i]?.name ?? name, tensor]];
      });
      const fetches = wanted.map((name) => nodeOf.get(name) ?? name);
      return [await model.executeAsync(Object.fromEntries(byNode), fetches)].flat();
    },
    dispose: () => model.dispose(),
  });
}

/** What callers call the ends of a layers model. */
export interface LayersNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The layers' names, where the file does not say better. A sequential model tells none. */
export function layersNames(model: TfLayersModel): LayersNames {
  const { inputs, outputs, inputNames, outputNames } = model;
  return {
    inputs: inputs.map(({ name }, i) => inputNames[i] ?? name),
    outputs: outputs.map(({ name }, i) => outputNames[i] ?? name),
  };
}

/** A layers model behind the face of a session; it always computes every output. */
export function layersSession(tf: TfModule, model: TfLayersModel, names: LayersNames): OrtSession {
  const { inputs: inputNames, outputs: outputNames } = names;
  return session(tf, {
    inputs: inputNames,
    outputs: outputNames,
    call: (feeds, wanted) => {
      const inputs = inputNames.map((name) => feeds.get(name) as TfTensor);
      const all = [model.predictOnBatch(inputs.length === 1 ? (inputs[0] as TfTensor) : inputs)].flat();
      const results = wanted.map((name) => all[outputNames.indexOf(name)] as TfTensor);
      for (const tensor of all) if (!results.includes(tensor)) tensor.dispose();
      return Promise.resolve(results);
    },
    dispose: () => model.dispose(),
  });
}

function session(tf: TfModule, run: Run): OrtSession {
  return {
    inputNames: run.inputs,
    outputNames: run.outputs,
    async run(feeds, fetches) {
      const given = new Map(Object.entries(feeds).map(([name, tensor]) => [name, toTf(tf, tensor)]));
      let results: readonly TfTensor[] = [];
      try {
        results = await run.call(given, fetches);
        const values = await Promise.all(results.map(fromTf));
        return Object.fromEntries(fetches.map((name, i) => [name, values[i] as OrtTensor]));
      } finally {
        // The engine counts references, not reachability: what is not disposed stays for ever. A
        // model may hand an input through as an output.
        for (const tensor of new Set([...given.values(), ...results])) tensor.dispose();
      }
    },
    release() {
      run.dispose();
      return Promise.resolve();
    },
  };
}

function toTf(tf: TfModule, { type, data, dims }: OrtTensor): TfTensor {
  return tf.tensor(data, dims, type as TfDataType);
}

async function fromTf(tensor: TfTensor): Promise<OrtTensor> {
  const data = await tensor.data();
  // A copy: the engine may hand out its own memory.
  return new HostTensor(tensor.dtype, ArrayBuffer.isView(data) ? data.slice() : [...data], tensor.shape);
}
