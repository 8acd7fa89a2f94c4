import { summariseTensors } from '../../data/summarise-tensors.ts';
import type { LoadContext, LoadedModel, ModelLoader } from '../../spec/model-loader.ts';
import { readShards } from './read-shards.ts';
import { descriptor } from './safetensors-format.ts';

/** Resident bytes of one entry: its description, its name and what the maps spend on them. */
const BYTES_PER_TENSOR = 600;

/** `.safetensors`: tensors by name; the format holds data only, and its header is checked whole before anything is read. */
export const loader: ModelLoader = {
  ...descriptor,
  load,
  async scan(context) {
    await readShards(context);
    return [];
  },
  async inspect(context) {
    const { tensors, metadata, files } = await readShards(context);
    return {
      task: 'unknown',
      engine: 'native',
      details: { files, metadata: Object.fromEntries(metadata), ...summariseTensors(tensors) },
    };
  },
};

async function load(context: LoadContext): Promise<LoadedModel> {
  context.phase('parse');
  const shards = await readShards(context);
  const { tensors, metadata, resident } = shards;
  return {
    info: { task: 'unknown', engine: 'native', inputs: [], outputs: [] },
    tensors,
    tensor: (name) => shards.read(name),
    value: metadata,
    advice:
      'the file holds tensors and not the program that computes with them: read them with tensor(name), or export the model with torch.onnx.export or torch.export',
    byteSize: resident + tensors.size * BYTES_PER_TENSOR,
  };
}
