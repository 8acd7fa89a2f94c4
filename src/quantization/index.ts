import type { QuantizationReport, QuantizeOptions } from './quantize-options.ts';

/**
 * Makes an ONNX model smaller, and compares its answers to sample rows with those of the original before anything
 * is written. Needs `onnxruntime-node`. Nothing is imported before the first call.
 *
 * @param path an ONNX file, or a directory of one with its external data
 * @throws `ML_QUANTIZE_NOTHING`, `ML_QUANTIZE_CHANGED`; `ML_OPTIONS_INVALID` without rows to compare with, or where
 *   `output` exists; `ML_FORMAT_*` and `ML_ARTEFACT_*` for the file
 */
export async function quantizeModel(path: string, options: QuantizeOptions): Promise<QuantizationReport> {
  const { quantizeFile } = await import('./quantize-file.ts');
  return quantizeFile(path, options);
}
