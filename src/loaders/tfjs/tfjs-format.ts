import type { Content } from '../../spec/artefact.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';

/** TensorFlow.js models: `model.json` with the shards beside it, or the folder that holds them. */
export const descriptor: LoaderDescriptor = {
  name: 'tfjs',
  formats: ['json'],
  dependencies: ['onnxruntime-node'],
  capabilities: { threadSafe: true, reportsByteSize: true, nativeEngine: true },
  specVersion: 'v1',
  detect,
};

/** A key that every model of TensorFlow.js has, somewhere. */
const KEY = Buffer.from('"modelTopology"');

function detect({ kind, bytes, entries }: Content): boolean {
  if (kind === 'directory') return entries.includes('model.json') && !entries.includes('saved_model.pb');
  const start = bytes.findIndex((byte) => byte > 0x20);
  return bytes[start] === 0x7b && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(KEY);
}
