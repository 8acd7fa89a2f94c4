/** Cases that are refused, and why. */
export const EXPECTED_REFUSALS = new Map([]);
