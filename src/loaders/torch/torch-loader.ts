import { memorySource } from '../../internal/memory-source.ts';
import type { LoadContext, LoadedModel, ModelLoader } from '../../spec/model-loader.ts';
import { torchContents } from '../../torch/state-dict/contents.ts';
import type { TensorEntry } from '../../torch/state-dict/tensor-entry.ts';
import { readTensor } from '../../torch/state-dict/read-tensor.ts';
import { readTorchFile } from '../../torch/state-dict/read-torch-file.ts';
import { moduleDescription, openDescribedModule } from './described-module.ts';
import { inspectTorch } from './inspect-torch.ts';
import { convertModule, leaveToPython } from './named-module.ts';
import { scanTorch } from './scan-torch.ts';
import { descriptor } from './torch-format.ts';

/** Resident bytes of one entry: its record, its name and what the maps spend on them. */
const BYTES_PER_TENSOR = 1_000;
/** Objects of a pickle take about so many times its bytes. */
const PICKLE_FACTOR = 8;

/**
 * `.pt`, `.pth`, `.ckpt`, `.bin` of `torch.save`: tensors by name. The pickle is read inertly; the data of a tensor
 * are read when it is asked for, from memory or from the open file.
 */
export const loader: ModelLoader = {
  ...descriptor,
  load,
  scan: scanTorch,
  inspect: inspectTorch,
  conversion: convertModule,
};

async function load(context: LoadContext): Promise<LoadedModel> {
  const { artefact, limits, signal, warn } = context;
  leaveToPython(context);
  const description = moduleDescription(context.metadata);
  context.phase('parse');
  const { name, slices } = artefact;
  const file = await readTorchFile(slices ?? memorySource(artefact.bytes), { limits, signal });
  context.phase('build');
  const contents = torchContents(file);
  for (const [place, path] of contents.unread) {
    warn({
      code: 'object-unread',
      message: `${name} holds an object of ${path} at ${place || 'its root'}, which is left unread`,
    });
  }
  const { tensors } = contents;
  const maxBytes = limits.maxModelBytes;
  const byteSize = tensors.size * BYTES_PER_TENSOR + file.pickle.end * PICKLE_FACTOR + artefact.bytes.length;
  const described =
    description &&
    (await openDescribedModule(
      context,
      { tensors, read: (key) => readTensor(file, [key, tensors.get(key) as TensorEntry], { maxBytes, signal }) },
      description,
    ));
  let value: { readonly made: unknown } | undefined;
  return {
    info: { task: 'unknown', engine: 'native', inputs: [], outputs: [] },
    ...described,
    tensors,
    tensor: (key, options) => {
      const entry = tensors.get(key);
      if (entry === undefined) throw new Error(`no tensor is named ${key}`);
      return readTensor(file, [key, entry], { maxBytes, signal: options.signal });
    },

    /** Made on first use: most callers want tensors only. */
    get value() {
      return (value ??= { made: contents.value() }).made;
    },
    advice:
      'the file holds tensors and not the program that computes with them: read them with tensor(name), describe its module in the metadata (torch.module), or export it with torch.onnx.export or torch.export',
    byteSize: byteSize + (described?.byteSize ?? 0),
  };
}
