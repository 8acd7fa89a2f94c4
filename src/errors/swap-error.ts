import type { SwapStep } from '../spec/swap.ts';
import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type SwapErrorCode = Extract<
  ErrorCode,
  'ML_SWAP_FAILED' | 'ML_SWAP_INCOMPATIBLE' | 'ML_SWAP_SAMPLES' | 'ML_SWAP_NO_PREVIOUS'
>;

/** What the error of a swap carries besides its message. */
export interface SwapErrorFields extends ErrorFields {
  readonly step: SwapStep;
}

/** A version did not take over from another; the other one goes on serving. */
export class SwapError extends MLServiceError {
  override readonly name: string = 'SwapError';
  /** Which step failed. */
  readonly step: SwapStep;

  constructor(code: SwapErrorCode, message: string, fields: SwapErrorFields) {
    super(code, message, { ...fields, details: { step: fields.step, ...fields.details } });
    this.step = fields.step;
  }
}
