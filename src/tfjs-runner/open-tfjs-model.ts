import { type OnnxRuntime } from '../engines/onnxruntime-import.ts';
import type { OrtSession } from '../engines/onnxruntime-api.ts';
import type { TfArtifacts, TfEdge } from '../engines/tfjs-api.ts';
import { importTfjs, type TfjsChoice, type TfjsRuntime } from '../engines/tfjs-import.ts';
import { graphSession, HostTensor, layersNames, layersSession } from '../engines/tfjs-session.ts';
import { FormatError } from '../errors/format-error.ts';
import type { GraphValue } from '../onnx-runner/graph-value.ts';
import { networkRoles } from '../onnx-runner/network-roles.ts';
import { openGraph } from '../onnx-runner/open-graph.ts';
import type { LoadContext, LoadedModel } from '../spec/model-loader.ts';
import { endNames } from './end-names.ts';
import { type EdgeNames, signatureNames } from './signature-names.ts';

/** A model of TensorFlow.js in memory. */
export interface TfjsModel {
  readonly kind: 'graph' | 'layers';
  readonly artifacts: TfArtifacts;
  /** What messages call it. */
  readonly label: string;
  /** Default `auto`. */
  readonly engine?: TfjsChoice;
}

/** Imports TensorFlow.js; tests give their own. */
export type ImportTfjs = (choice: TfjsChoice | undefined) => Promise<TfjsRuntime>;

type Context = Pick<LoadContext, 'metadata' | 'extraFeatures' | 'signal' | 'phase' | 'warn'>;

/**
 * Runs a model on TensorFlow.js itself.
 *
 * @throws `ML_LOADER_DEPENDENCY_MISSING`; `ML_FORMAT_UNSUPPORTED` where TensorFlow.js refuses the model
 */
export async function openTfjsModel(
  context: Context,
  model: TfjsModel,
  importEngine: ImportTfjs = importTfjs,
): Promise<LoadedModel> {
  const runtime = await importEngine(model.engine);
  const { session, names, inputs, outputs } = await open(runtime, model);
  const values = (edges: readonly TfEdge[], table: EdgeNames): readonly GraphValue[] =>
    edges.map((edge) => graphValue(edge, table));
  const source = {
    bytes: new Uint8Array(),
    externalData: [],
    label: model.label,
    options: {},
    graph: {
      inputs: values(inputs, names.inputs),
      outputs: values(outputs, names.outputs),
      ...networkRoles(values(outputs, names.outputs), context.metadata),
      classes: undefined,
      steps: [],
      // Whether rows stay apart is not known of operators that this library did not write.
      rowsIndependent: false,
      diesOnEmpty: undefined,
      byteSize: model.artifacts.weightData.byteLength * 2,
    },
  };
  return openGraph(context, source, () => Promise.resolve(asRuntime(runtime, session)));
}

interface Opened {
  readonly session: OrtSession;
  readonly names: { readonly inputs: EdgeNames; readonly outputs: EdgeNames };
  readonly inputs: readonly TfEdge[];
  readonly outputs: readonly TfEdge[];
}

async function open({ tf, name, version }: TfjsRuntime, { kind, artifacts, label }: TfjsModel): Promise<Opened> {
  const handler = { load: () => Promise.resolve(artifacts) };
  try {
    if (kind === 'layers') {
      const model = await tf.loadLayersModel(handler);
      const own = layersNames(model);
      const inputs = endNames(artifacts.modelTopology, 'input_layers', own.inputs);
      const outputs = endNames(artifacts.modelTopology, 'output_layers', own.outputs);
      return {
        session: layersSession(tf, model, { inputs, outputs }),
        names: NO_NAMES,
        inputs: inputs.map((edge, i) => ({ ...shown(model.inputs[i]), name: edge })),
        outputs: outputs.map((edge, i) => ({ ...shown(model.outputs[i]), name: edge })),
      };
    }
    const model = await tf.loadGraphModel(handler);
    const names = signatureNames(artifacts.signature);
    return { session: graphSession(tf, model, names), names, inputs: model.inputs, outputs: model.outputs };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `${label}: ${name} ${version} cannot load it: ${text.slice(0, 500)}; convert the original model again, or load the original file`,
      { cause: error },
    );
  }
}

/** The members that are read, off an object that has many more. */
function shown({ dtype = null, shape = null }: Partial<TfEdge> = {}): Omit<TfEdge, 'name'> {
  return { dtype, shape };
}

const NO_NAMES = { inputs: new Map(), outputs: new Map() } as const;

/** The session behind the face of a runtime that opens just this one. */
function asRuntime({ name, version }: TfjsRuntime, session: OrtSession): OnnxRuntime {
  return {
    name,
    version,
    ort: {
      env: { versions: {} },
      Tensor: HostTensor,
      InferenceSession: { create: () => Promise.resolve(session) },
    },
  };
}

function graphValue({ name, dtype, shape }: TfEdge, names: EdgeNames): GraphValue {
  const signed = names.get(name);
  return {
    name: signed?.name ?? name,
    dtype: signed?.dtype ?? dtype ?? undefined,
    shape: (shape ?? signed?.shape)?.map((extent) => (extent === -1 ? null : extent)),
  };
}
