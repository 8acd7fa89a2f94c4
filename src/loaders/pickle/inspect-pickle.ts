import { MLServiceError } from '../../errors/ml-service-error.ts';
import type { PythonFile } from '../../formats/joblib/read-python-file.ts';
import { ConstructContext } from '../../sklearn/base/construct.ts';
import { ESTIMATORS } from '../../sklearn/estimators.ts';
import type { Inspection, LoadedModel } from '../../spec/model-loader.ts';
import { describeNode } from './describe-node.ts';
import { PickleContents } from './pickle-contents.ts';

/** Names listed of a file that uses very many. */
const MAX_GLOBALS = 1_000;

/**
 * What is inside: container, compression, protocol, scikit-learn version, the tree of estimators with their
 * settings and sizes, every name that the file uses, and the methods that a load would give.
 */
export function inspectPickle(file: PythonFile): Inspection {
  const { container, compression, protocol, sklearnVersion, bytes, globals, unknown, root } = file;
  const { model, problem } = build(file);
  return {
    ...model?.info,
    details: {
      container,
      ...(compression !== undefined && { compression, decompressedBytes: bytes }),
      protocol,
      ...(sklearnVersion !== undefined && { sklearnVersion }),
      ...(model !== undefined && { methods: methodsOf(model) }),
      ...(model?.parts !== undefined && { parts: [...model.parts.keys()] }),
      ...(problem !== undefined && { problem: `${problem.code}: ${problem.message}` }),
      tree: describeNode(root),
      ...(unknown.length > 0 && {
        unknown: unknown.map(({ module, name, offset, path }) => ({ name: `${module}.${name}`, path, offset })),
      }),
      globals: globals
        .slice(0, MAX_GLOBALS)
        .map(({ module, name, status, count, offset }) => ({ name: `${module}.${name}`, status, count, offset })),
    },
  };
}

/** The model as a load would build it, or why it cannot be built. */
function build({ root }: PythonFile): { readonly model?: LoadedModel; readonly problem?: MLServiceError } {
  const context = { metadata: undefined, extraFeatures: 'ignore', warn: () => undefined } as const;
  try {
    return { model: new PickleContents(new ConstructContext(ESTIMATORS), context).read(root) };
  } catch (error) {
    if (MLServiceError.isInstance(error)) return { problem: error };
    throw error;
  }
}

function methodsOf(model: LoadedModel): string[] {
  return Object.entries(model)
    .filter(([name, member]) => typeof member === 'function' && name !== 'dispose')
    .map(([name]) => name);
}
