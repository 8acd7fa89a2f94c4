// Operators that give several results under different names: a function refers to them by name.
const NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['FusedBatchNorm', ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2']],
  ['FusedBatchNormV2', ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2']],
  ['FusedBatchNormV3', ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2', 'reserve_space_3']],
  ['Switch', ['output_false', 'output_true']],
  ['Merge', ['output', 'value_index']],
  ['TopK', ['values', 'indices']],
  ['TopKV2', ['values', 'indices']],
  ['TensorArrayV3', ['handle', 'flow']],
  ['TensorArrayConcatV3', ['value', 'lengths']],
  ['TensorListPopBack', ['output_handle', 'tensor']],
  ['TensorListConcatV2', ['tensor', 'lengths']],
  ['Unique', ['y', 'idx']],
  ['UniqueV2', ['y', 'idx']],
  ['UniqueWithCounts', ['y', 'idx', 'count']],
  ['MaxPoolWithArgmax', ['output', 'argmax']],
  ['Qr', ['q', 'r']],
  ['Svd', ['s', 'u', 'v']],
  ['ListDiff', ['out', 'idx']],
  ['NonMaxSuppressionV4', ['selected_indices', 'valid_outputs']],
  ['NonMaxSuppressionV5', ['selected_indices', 'selected_scores', 'valid_outputs']],
  ['LookupTableExportV2', ['keys', 'values']],
  ['SparseFillEmptyRows', ['output_indices', 'output_values', 'empty_row_indicator', 'reverse_index_map']],
  ['StringSplitV2', ['indices', 'values', 'shape']],
  ['BroadcastGradientArgs', ['r0', 'r1']],
  ['Quantize', ['output', 'output_min', 'output_max']],
  ['CudnnRNNV3', ['output', 'output_h', 'output_c', 'reserve_space', 'host_reserved']],
  ['CudnnRNNV2', ['output', 'output_h', 'output_c', 'reserve_space', 'host_reserved']],
  ['CudnnRNN', ['output', 'output_h', 'output_c', 'reserve_space']],
]);

/** The position of a named result among all results of an operator; 0 for operators with one. */
export function outputPosition(op: string, name: string): number {
  const at = NAMES.get(op)?.indexOf(name) ?? 0;
  return Math.max(at, 0);
}
