/** Upper bounds on what reading one pickle may cost. Each is checked before anything is allocated for it. */
export interface PickleLimits {
  /** Opcodes, plus one for each element that a call copies. Default 50 million. */
  readonly maxOpcodes: number;
  /** Objects made: containers, strings, floats, records, arrays. Default 5 million. */
  readonly maxNodes: number;
  /** Entries of the memo. Default 5 million. */
  readonly maxMemo: number;
  /** Marks open at the same time: how deep containers are nested while they are built. Default 10,000. */
  readonly maxNesting: number;
  /** Digits of an integer written as text. Default 4,300, as in CPython. */
  readonly maxIntegerDigits: number;
  /** Bytes of a binary integer. Default 1,024. */
  readonly maxIntegerBytes: number;
}

export const DEFAULT_PICKLE_LIMITS: PickleLimits = {
  maxOpcodes: 50_000_000,
  maxNodes: 5_000_000,
  maxMemo: 5_000_000,
  maxNesting: 10_000,
  maxIntegerDigits: 4_300,
  maxIntegerBytes: 1_024,
};
