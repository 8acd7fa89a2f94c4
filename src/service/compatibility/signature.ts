import { methodsOf } from '../../internal/model-methods.ts';
import type { LoadedInfo, LoadedModel } from '../../spec/model-loader.ts';
import type { Label, ModelMethod, Task, ValueInfo } from '../../spec/model.ts';
import type { BuiltModel } from '../build-model.ts';

/** What callers of a model rely on. Outlives the model: holds nothing of its weights. */
export interface Signature {
  readonly task: Task;
  readonly methods: readonly ModelMethod[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly classes: readonly Label[] | undefined;
  readonly featureNames: readonly string[] | undefined;
  readonly parts: ReadonlyMap<string, Signature>;
}

export function signatureOf({ loaded, info }: BuiltModel): Signature {
  return describe(loaded, info);
}

function describe(loaded: LoadedModel, info: LoadedInfo): Signature {
  const { task = 'unknown', inputs = [], outputs = [], classes, featureNames } = info;
  const parts = Array.from(loaded.parts ?? [], ([name, part]) => [name, describe(part, part.info ?? {})] as const);
  return { task, methods: methodsOf(loaded), inputs, outputs, classes, featureNames, parts: new Map(parts) };
}
