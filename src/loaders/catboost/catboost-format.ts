import { looksLikeCatboost } from '../../catboost/looks-like-catboost.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';

/** CatBoost's own model files, binary and JSON; computed natively. */
export const descriptor: LoaderDescriptor = {
  name: 'catboost',
  formats: ['cbm', 'json', 'bin'],
  capabilities: { threadSafe: true, reportsByteSize: true },
  specVersion: 'v1',
  detect: (content) => content.kind === 'file' && looksLikeCatboost(content.bytes),
};
