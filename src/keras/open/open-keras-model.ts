import type { LoadContext, LoadedModel } from '../../spec/model-loader.ts';
import type { Feeds } from '../../spec/model.ts';
import { openBuiltGraph } from '../../onnx-runner/open-built-graph.ts';
import { writeModel } from '../graph/write-model.ts';
import { LAYER_TYPES } from '../layers/layer-types.ts';
import type { KerasFile } from '../read/keras-file.ts';
import { parseModel } from '../read/parse-model.ts';
import { outputMeaning } from './output-meaning.ts';

/** What Keras 3 calls an input that nobody named: a number of the session, which no file keeps. */
const SESSION_NAME = /^keras_tensor(_\d+)?(CLONE)?$/;

/**
 * Builds a model that was read: judged, written as ONNX, handed to the engine.
 *
 * @throws the worst problem of the architecture; `ML_FORMAT_*` for what does not fit; the engine's errors
 */
export async function openKerasModel(context: LoadContext, file: KerasFile): Promise<LoadedModel> {
  const { model, graph, problems } = parseModel(file, LAYER_TYPES, context.limits.maxNesting);
  const [worst] = problems;
  if (worst !== undefined) throw worst;
  const written = writeModel({ ...model, graph }, LAYER_TYPES, file.weights(model, LAYER_TYPES));
  const { built, inputs, outputs, steps } = written;
  const opened = await openBuiltGraph(context, built, {
    ...outputMeaning(model, outputs, context.metadata?.classes),
    loader: 'keras',
    ...(steps.length === 0 ? {} : { preparation: { inputs, steps } }),
  });
  const [only] = inputs;
  if (only === undefined || inputs.length > 1) return opened;
  return { ...opened, run: (feeds, options) => opened.run?.(byOwnName(feeds, only.name), options) ?? {} };
}

/** A single input may be fed under the name that the training session showed. */
function byOwnName(feeds: Feeds, name: string): Feeds {
  if (typeof feeds !== 'object' || feeds === null) return feeds;
  const [given, ...more] = Object.keys(feeds);
  if (given === undefined || more.length > 0 || given === name || !SESSION_NAME.test(given)) return feeds;
  return { [name]: feeds[given] as Feeds[string] };
}
