/**
 * Cases that are refused, and why: tracing and scripting unpack every result of a call, so a result that is not computed
 * counts as asked for although nothing reads it.
 */
export const EXPECTED_REFUSALS = new Map([
  ['attention_mask_trace', /the weights of attention/],
  ['pools_script', /the indices of max pooling/],
]);
