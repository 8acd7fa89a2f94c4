import type { ExternalData } from '../engines/onnxruntime-session.ts';
import type { OnnxModel } from '../formats/onnx-proto/onnx-model.ts';

// Measured with onnxruntime-node 1.30 on Linux x64 as growth of the resident set per session,
// after one run: linear models and small networks 0.12 to 0.27 MB; dense layers of 4, 25 and
// 100 MB 2.0, 2.0 and 1.7 times their weights (the runtime keeps a second, packed copy); random
// forests of 2 and 13 MB 5.7 times the file (their numbers are attributes, not weights).
const PER_SESSION = 128 * 1024;
const PER_WEIGHT_BYTE = 2;
const PER_GRAPH_BYTE = 6;

/** Estimated resident bytes of a session over this graph. */
export function residentBytes(model: OnnxModel, externalData: readonly ExternalData[]): number {
  const external = externalData.reduce((sum, file) => sum + file.data.byteLength, 0);
  const weights = (model.graph?.initializers ?? []).reduce((sum, tensor) => sum + (tensor.source?.byteLength ?? 0), 0);
  const graph = Math.max(0, (model.source?.byteLength ?? 0) - weights);
  return PER_SESSION + PER_WEIGHT_BYTE * (weights + external) + PER_GRAPH_BYTE * graph;
}
