/** Cases that are refused by design, and why; `docs/keras.md` says the same of the layers. */
export const EXPECTED_REFUSALS = [
  // Versions of Keras 3 merge different masks differently; Keras 2 models of this name pass.
  { pattern: /^masked_merge$/ },
];
