import { importOnnxRuntime } from '../../engines/onnxruntime-import.ts';
import { MetadataError } from '../../errors/metadata-error.ts';
import { graphOutputs } from '../../onnx/graph-values.ts';
import { networkRoles } from '../../onnx-runner/network-roles.ts';
import { openBuiltGraph } from '../../onnx-runner/open-built-graph.ts';
import type { LoadContext, LoadedModel } from '../../spec/model-loader.ts';
import type { ModelMetadata } from '../../spec/metadata.ts';
import type { StoredTensor, TensorInfo } from '../../spec/stored-tensor.ts';
import { buildModule } from '../../torch/module/build-module.ts';
import { describeInput } from '../../torch/module/describe-input.ts';

/** Where in a checkpoint the state dict usually is. */
const USUAL_PREFIXES = ['model_state_dict', 'state_dict'];

/** What metadata say of the network whose tensors a file holds. */
export interface ModuleDescription {
  readonly module: unknown;
  readonly input: unknown;
  /** In front of the tensors' names, without the dot. */
  readonly prefix: string | undefined;
}

/** `torch.module` of the metadata, with what belongs to it. */
export function moduleDescription(metadata: ModelMetadata | undefined): ModuleDescription | undefined {
  const torch = metadata?.extra['torch'];
  if (typeof torch !== 'object' || torch === null || !('module' in torch)) return undefined;
  const { module, input, prefix } = torch as Record<string, unknown>;
  if (prefix !== undefined && typeof prefix !== 'string') {
    throw new MetadataError('ML_METADATA_INVALID', 'torch.prefix must be text, e.g. "model_state_dict"');
  }
  return { module, input, prefix };
}

/** The tensors of a file and how one is read. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  read(name: string): Promise<StoredTensor>;
}

/**
 * The network that the metadata describe, with the file's tensors, on the engine.
 *
 * @throws `ML_METADATA_INVALID` where they do not fit; what the engine raises
 */
export async function openDescribedModule(
  context: LoadContext,
  file: TensorFile,
  { module, input, prefix }: ModuleDescription,
): Promise<LoadedModel> {
  const start = startOf(file.tensors, prefix);
  const tensors = new Map<string, StoredTensor>();
  for (const name of file.tensors.keys()) {
    if (name.startsWith(start)) tensors.set(name.slice(start.length), await file.read(name));
  }
  const built = buildModule(module, tensors, describeInput(input, module, tensors));
  const { task, roles } = networkRoles(graphOutputs(built.model), context.metadata);
  return openBuiltGraph(
    context,
    built,
    { task, roles, classes: context.metadata?.classes, loader: 'torch' },
    importOnnxRuntime,
  );
}

/** The prefix as stated, or that of a checkpoint's usual layout; empty for a state dict. */
function startOf(tensors: ReadonlyMap<string, TensorInfo>, stated: string | undefined): string {
  const names = [...tensors.keys()];
  if (stated !== undefined) {
    const start = stated === '' || stated.endsWith('.') ? stated : `${stated}.`;
    if (names.some((name) => name.startsWith(start))) return start;
    throw new MetadataError(
      'ML_METADATA_INVALID',
      `torch.prefix: no tensor of the file has a name that begins with ${JSON.stringify(start)}`,
    );
  }
  const usual = USUAL_PREFIXES.find((prefix) => names.some((name) => name.startsWith(`${prefix}.`)));
  return usual === undefined ? '' : `${usual}.`;
}
