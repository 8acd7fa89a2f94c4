import { toWireError } from '../errors/wire-error.ts';
import { methodsOf } from '../internal/model-methods.ts';
import type { LoadedModel } from '../spec/model-loader.ts';
import type { ModelDescription } from './messages.ts';

/** What the other side needs to know of a model to stand in for it. */
export function describeModel(loaded: LoadedModel): ModelDescription {
  const { info, byteSize, rowsIndependent = false, parts, unusable, tensors, advice } = loaded;
  return {
    info,
    byteSize,
    methods: methodsOf(loaded),
    rowsIndependent,
    parts: parts && Array.from(parts, ([name, part]) => [name, describeModel(part)] as const),
    value: 'value' in loaded ? { content: loaded.value } : undefined,
    tensors: tensors && [...tensors],
    advice,
    unusable: unusable && toWireError(unusable),
  };
}
