/**
 * Cases of supported classes that the library refuses on purpose: a pattern of the case's name, and why. Everything else
 * that is refused is a failure, unless a class in the file has no native implementation at all.
 */
export const EXPECTED_REFUSALS = [];
