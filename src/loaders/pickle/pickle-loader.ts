import type { PythonFile } from '../../formats/joblib/read-python-file.ts';
import { ConstructContext } from '../../sklearn/base/construct.ts';
import { isNewerThanTested, NEWEST_TESTED, parseSklearnVersion } from '../../sklearn/base/sklearn-version.ts';
import { ESTIMATORS } from '../../sklearn/estimators.ts';
import type { LoadContext, LoadedModel, ModelLoader } from '../../spec/model-loader.ts';
import { conversionNeed } from './conversion-need.ts';
import { inspectPickle } from './inspect-pickle.ts';
import { PickleContents } from './pickle-contents.ts';
import { descriptor } from './pickle-format.ts';
import { customTable } from './pickle-options.ts';
import { readFile } from './read-file.ts';
import { scanPickle } from './scan-pickle.ts';

/** Recursion over containers and estimators stays below this, whatever the limits say. */
const MAX_NESTING = 128;

/**
 * `.pkl` and `.joblib`: parsed to inert values, judged by an exact allow-list, then built natively.
 * Nothing in the file is executed and no Python runs.
 */
export const loader: ModelLoader = {
  ...descriptor,
  load,
  scan: scanPickle,
  inspect: async (context) => inspectPickle(await readFile(context)),
  conversion: async (context) => conversionNeed(await readFile(context)),
};

async function load(context: LoadContext): Promise<LoadedModel> {
  const custom = customTable(context.options);
  context.phase('parse');
  const file = await readFile(context, { classes: custom });
  context.phase('build');
  warnOfNewer(file, context);
  const maxDepth = Math.min(context.limits.maxNesting, MAX_NESTING);
  // The model outlives the load, and must not keep the artefact's bytes with it.
  const { metadata, extraFeatures, warn } = context;
  const version = file.sklearnVersion === undefined ? undefined : parseSklearnVersion(file.sklearnVersion);
  const construct = new ConstructContext(ESTIMATORS, { maxDepth, custom, version });
  const model = new PickleContents(construct, { metadata, extraFeatures, warn }, maxDepth).read(file.root);
  await construct.finish(context.signal);
  // Arrays are views of the content, which stays as long as one of them does.
  return { ...model, byteSize: Math.max(model.byteSize ?? 0, file.bytes) };
}

/** A newer file works where its layout is understood; a layout that is not is refused by its estimator. */
function warnOfNewer(file: PythonFile, { artefact, warn }: LoadContext): void {
  const version = file.sklearnVersion === undefined ? undefined : parseSklearnVersion(file.sklearnVersion);
  if (version === undefined || !isNewerThanTested(version)) return;
  warn({
    code: 'newer-sklearn',
    message: `${artefact.name} was written by scikit-learn ${version.text}, newer than ${NEWEST_TESTED.text}, the newest that was tested; compare predictions with Python's`,
  });
}
