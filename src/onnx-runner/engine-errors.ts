import type { OnnxRuntime } from '../engines/onnxruntime-import.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { FormatError } from '../errors/format-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { PredictionError } from '../errors/prediction-error.ts';

// The engine raises plain errors without codes: its text is all there is to judge by.
const BAD_OPTION =
  /sessionOptions\.|graph ?optimization ?level|AppendExecutionProvider|no available backend|executionProviders/i;
const TOO_NEW = /opset|IR.?version/i;
const NOT_THERE =
  /not a registered function|no schema registered|could not find an implementation|failed to find kernel|unsupported|not supported|not.?implemented|unrecognized attribute/i;

/** What the engine's refusal to build a session means. */
export function buildError(error: unknown, runtime: OnnxRuntime, opsets: string): MLServiceError {
  if (MLServiceError.isInstance(error)) return error;
  const text = messageOf(error);
  const said = `${runtime.name} ${runtime.version} says: ${text}`;
  if (BAD_OPTION.test(text)) {
    return new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `options.loaderOptions.onnx.session must be session options that the runtime takes; ${said}`,
      { cause: error },
    );
  }
  if (TOO_NEW.test(text)) {
    return new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `the graph (${opsets}) is newer than the runtime: ${said}; install a newer ${runtime.name}, or export with a lower opset`,
      { cause: error, details: { runtime: runtime.name, version: runtime.version } },
    );
  }
  if (NOT_THERE.test(text)) {
    return new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `the graph (${opsets}) uses something that the runtime cannot compute: ${said}; export with another opset or other options`,
      { cause: error, details: { runtime: runtime.name, version: runtime.version } },
    );
  }
  return new FormatError(
    'ML_FORMAT_MALFORMED',
    `the runtime cannot build the graph (${opsets}): ${said}; check the file with onnx.checker and export it again`,
    { cause: error, details: { runtime: runtime.name, version: runtime.version } },
  );
}

/** The engine failed while it computed. */
export function runError(error: unknown, runtime: OnnxRuntime): MLServiceError {
  if (MLServiceError.isInstance(error)) return error;
  return new PredictionError('ML_PREDICT_FAILED', `${runtime.name} ${runtime.version} failed: ${messageOf(error)}`, {
    cause: error,
  });
}

/** Engine messages run over many lines and may quote whole tensors. */
function messageOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
  return text.length > 500 ? `${text.slice(0, 500)}...` : text;
}
