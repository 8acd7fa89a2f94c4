/** Cases that are refused by design, and why; `docs/keras.md` says the same of the layers. */
export const EXPECTED_REFUSALS = [];
