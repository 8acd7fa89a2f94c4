import type { LoadPhase } from '../spec/model-loader.ts';

/** Names the step of a load that is under way. */
export interface PhaseClock {
  enter(phase: LoadPhase): void;
}
