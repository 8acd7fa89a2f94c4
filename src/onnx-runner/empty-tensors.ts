/**
 * Operators that end the process in onnxruntime 1.30 when a tensor without elements reaches them:
 * found by feeding empty tensors to each operator's tests of the ONNX project.
 */
const FATAL_WHEN_EMPTY = ['TopK', 'GRU', 'Unique', 'ConvTranspose', 'InstanceNormalization', 'QLinearConv'];

/** The first such operator among those of a graph. */
export function operatorFatalWhenEmpty(operators: ReadonlyMap<string, number>): string | undefined {
  return FATAL_WHEN_EMPTY.find((operator) => operators.has(operator));
}
