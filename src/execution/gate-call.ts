import type { CallOptions } from '../spec/model.ts';

/** One call as it goes through a gate. */
export interface GateCall {
  readonly input: unknown;
  readonly options: CallOptions;
  /** Called once, with what the method gave. */
  succeed(value: unknown): void;
  /** Called once in its place. The work may still be under way then. */
  fail(error: unknown): void;
  /** Called once after either of them, when no work of this call is under way any more. */
  ended(): void;
}
