import type { Content } from '../../spec/artefact.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';

/** TensorFlow Lite files: recognised, so that the error can say what to do. */
export const descriptor: LoaderDescriptor = {
  name: 'tflite',
  formats: ['tflite', 'lite'],
  capabilities: { threadSafe: true },
  specVersion: 'v1',
  detect,
};

/** The identifier of the flatbuffer, after the offset of its root. */
function detect({ kind, bytes }: Content): boolean {
  return kind === 'file' && /^TFL\d$/.test(Buffer.from(bytes.subarray(4, 8)).toString('latin1'));
}
