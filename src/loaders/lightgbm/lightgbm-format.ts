import type { Content } from '../../spec/artefact.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';

/** LightGBM's model files: line text; computed natively. */
export const descriptor: LoaderDescriptor = {
  name: 'lightgbm',
  formats: ['txt'],
  capabilities: { threadSafe: true, reportsByteSize: true },
  specVersion: 'v1',
  detect,
};

function detect({ kind, bytes }: Content): boolean {
  return kind === 'file' && /^tree\r?\n/.test(Buffer.from(bytes.subarray(0, 6)).toString('latin1'));
}
