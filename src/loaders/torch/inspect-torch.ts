import { summariseTensors } from '../../data/summarise-tensors.ts';
import { memorySource } from '../../internal/memory-source.ts';
import type { Inspection, ScanContext } from '../../spec/model-loader.ts';
import { torchContents } from '../../torch/state-dict/contents.ts';
import { readTorchFile } from '../../torch/state-dict/read-torch-file.ts';

/** Names listed of a file that uses very many. */
const MAX_GLOBALS = 1_000;

/** Container, protocol, tensors by module, what stands beside them, and every name that the file uses. */
export async function inspectTorch({ artefact, limits, signal }: ScanContext): Promise<Inspection> {
  const file = await readTorchFile(artefact.slices ?? memorySource(artefact.bytes), { limits, signal });
  const { container, bigEndian, pickle, strangers } = file;
  const { tensors, unread } = torchContents(file);
  return {
    task: 'unknown',
    engine: 'native',
    details: {
      container: container === 'zip' ? 'zip archive' : 'stream of before PyTorch 1.6',
      protocol: pickle.protocol,
      ...(bigEndian && { byteOrder: 'big' }),
      ...summariseTensors(tensors),
      ...(unread.size > 0 && { unread: Object.fromEntries(unread) }),
      ...(strangers.length > 0 && { strangers }),
      globals: pickle.globals
        .slice(0, MAX_GLOBALS)
        .map(({ module, name, status, count, offset }) => ({ name: `${module}.${name}`, status, count, offset })),
    },
  };
}
