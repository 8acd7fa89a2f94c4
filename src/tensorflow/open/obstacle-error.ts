import { FormatError } from '../../errors/format-error.ts';
import type { Obstacle } from '../translation.ts';

/** Further problems are counted, not spelled out. */
const MAX_SHOWN = 20;

/** An error that lists everything in the way of a translation, and the ways around it. */
export function obstacleError(obstacles: readonly Obstacle[], otherSignatures: readonly string[] = []): FormatError {
  const unknown = obstacles.filter(({ problem }) => problem === undefined);
  const problems = obstacles.flatMap(({ problem }) => problem ?? []);
  const parts = [
    ...(unknown.length === 0
      ? []
      : [
          `operators that are not translated: ${unknown
            .slice(0, MAX_SHOWN)
            .map(({ operator, node }) => `${operator} (node ${JSON.stringify(node)})`)
            .join(', ')}${more(unknown.length)}`,
        ]),
    ...(problems.length === 0 ? [] : [`${problems.slice(0, MAX_SHOWN).join('; ')}${more(problems.length)}`]),
  ];
  const others =
    otherSignatures.length === 0
      ? ''
      : ` Another signature may do without (${otherSignatures.join(', ')}): loaderOptions.tensorflow.signature.`;
  return new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `the TensorFlow graph cannot be run here; in the way are ${parts.join('; and ')}.${others} Convert it in Python (python -m tf2onnx.convert --saved-model DIR --output model.onnx) and load the .onnx, or run it with @tensorflow/tfjs-node (tf.node.loadSavedModel).`,
    { details: { operators: [...new Set(obstacles.map(({ operator }) => operator))], obstacles } },
  );
}

const more = (count: number): string => (count > MAX_SHOWN ? ` and ${count - MAX_SHOWN} more` : '');
