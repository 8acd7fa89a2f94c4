import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';
import { looksLikeXgboost } from '../../xgboost/looks-like-xgboost.ts';

/** XGBoost's own model files: JSON, UBJSON and the old binary format; computed natively. */
export const descriptor: LoaderDescriptor = {
  name: 'xgboost',
  formats: ['json', 'ubj', 'model', 'bin', 'deprecated'],
  capabilities: { threadSafe: true, reportsByteSize: true },
  specVersion: 'v1',
  detect: (content) => content.kind === 'file' && looksLikeXgboost(content.bytes),
};
