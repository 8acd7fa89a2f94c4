import { dtypeOf } from '../protocol/datatype.ts';
import type { ModelMetadataMessage, ServerMetadataMessage, TensorMetadata } from '../protocol/messages.ts';
import { methodOfOutput, outputOfMethod } from '../protocol/method-outputs.ts';
import { NO_PARAMETERS, parameter } from '../protocol/parameters.ts';
import type { LoadedInfo } from '../spec/model-loader.ts';
import type { Label, RowMethod, Task, ValueInfo } from '../spec/model.ts';
import type { RemoteSettings } from './remote-options.ts';

/** What a server that describes no outputs is asked for: what scikit-learn models have, as MLServer names it. */
const USUAL: readonly RowMethod[] = ['predict', 'predictProba', 'transform'];

/** How a model on a server is asked, worked out once from what the server says of it. */
export class RemotePlan {
  readonly info: LoadedInfo;
  /** The server's version of the model, if it has just one. */
  readonly version: string | undefined;
  readonly inputs: readonly TensorMetadata[];
  /** The output that answers a method; `undefined` for the only one that comes. */
  readonly outputs: ReadonlyMap<RowMethod, string | undefined>;
  /** Whether the server takes tensors in binary form. */
  readonly takesBinary: boolean;
  /** Whether it takes the time that is left as parameter `timeout`. */
  readonly takesTimeout: boolean;

  constructor(model: ModelMetadataMessage, { extensions }: ServerMetadataMessage, outputs: RemoteSettings['outputs']) {
    const parameters = model.parameters ?? NO_PARAMETERS;
    this.inputs = model.inputs;
    this.version = model.versions.length === 1 ? model.versions[0] : undefined;
    this.takesBinary = extensions.some((name) => name === 'binary_tensor_data');
    this.takesTimeout = extensions.some((name) => name.startsWith('schedule_policy'));
    this.outputs = outputsOf(model.outputs, outputs);
    const classes = listOf(parameter(parameters, 'classes'), isLabel);
    const names = listOf(parameter(parameters, 'feature_names'), isText);
    const task = parameter(parameters, 'task');
    this.info = {
      engine: model.platform === '' ? 'remote' : model.platform,
      inputs: model.inputs.map(valueOf),
      outputs: model.outputs.map(valueOf),
      ...(typeof task === 'string' && { task: task as Task }),
      ...(classes !== undefined && { classes }),
      ...(names !== undefined && { featureNames: names }),
    };
  }
}

function outputsOf(
  described: readonly TensorMetadata[],
  set: RemoteSettings['outputs'],
): Map<RowMethod, string | undefined> {
  const outputs = new Map<RowMethod, string | undefined>();
  for (const { name } of described) {
    const method = methodOfOutput(name);
    if (method !== undefined) outputs.set(method, name);
  }
  if (described.length === 0)
    for (const method of USUAL) outputs.set(method, method === 'predict' ? undefined : outputOfMethod(method));
  else if (outputs.size === 0 && described.length === 1) outputs.set('predict', described[0]?.name);
  for (const [method, name] of Object.entries(set)) outputs.set(method as RowMethod, name);
  return outputs;
}

function valueOf({ name, datatype, shape }: TensorMetadata): ValueInfo {
  return { name, dtype: dtypeOf(datatype), shape: shape.map((extent) => (extent < 0 ? null : extent)) };
}

/** A list that a parameter holds as JSON, as this library's own server writes it. */
function listOf<T>(value: unknown, is: (item: unknown) => item is T): T[] | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) && list.every(is) ? list : undefined;
  } catch {
    return undefined;
  }
}

function isText(item: unknown): item is string {
  return typeof item === 'string';
}

function isLabel(item: unknown): item is Label {
  return item === null || ['string', 'number', 'boolean'].includes(typeof item);
}
