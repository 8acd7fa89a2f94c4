import { findingOf } from '../../errors/finding-of.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { ModelLoader } from '../../spec/model-loader.ts';
import { descriptor } from './tflite-format.ts';

/** Refuses TensorFlow Lite files by name. */
export const loader: ModelLoader = {
  ...descriptor,
  load() {
    throw refusal();
  },
  scan: () => [findingOf(refusal())],
};

function refusal(): FormatError {
  return new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    'TensorFlow Lite files are made for devices and are not run here. Use the model that it was converted from (SavedModel, .keras, .h5), or convert it: python -m tf2onnx.convert --tflite model.tflite --output model.onnx',
  );
}
