import type { Run, RunOutcome, Runner } from '../../src/execution/runner.ts';
import { type Deferred, deferred } from '../../src/internal/deferred.ts';
import type { LoadedModel } from '../../src/spec/model-loader.ts';
import type { ModelMethod } from '../../src/spec/model.ts';

/** A run that was started and waits for the test to let it end. */
export interface StartedRun {
  readonly method: ModelMethod;
  readonly inputs: readonly unknown[];
  /** Computes it now: every input through the model's method. */
  end(): void;
  /** Fails it as a whole. */
  fail(error: unknown): void;
}

/** A runner whose runs end when, and in the order in which, the test says. */
export class ScheduledRunner implements Runner {
  readonly place: Runner['place'];
  readonly holdsLoop: boolean;
  readonly parallel: number;
  readonly maxCalls: number;
  readonly started: StartedRun[] = [];
  /** Rows of every run so far. */
  readonly sizes: number[] = [];
  abandoned = 0;

  constructor({
    place = 'thread',
    parallel = 1,
    maxCalls = 64,
    holdsLoop = place === 'inline',
  }: Partial<Pick<Runner, 'place' | 'parallel' | 'maxCalls' | 'holdsLoop'>> = {}) {
    this.place = place;
    this.holdsLoop = holdsLoop;
    this.parallel = parallel;
    this.maxCalls = maxCalls;
  }

  run({ loaded, method, inputs }: Run): Promise<readonly RunOutcome[]> {
    const done: Deferred<readonly RunOutcome[]> = deferred();
    this.sizes.push(inputs.reduce<number>((sum, input) => sum + (input as { length: number }).length, 0));
    const leave = (): void => void this.started.splice(this.started.indexOf(run), 1);
    const run: StartedRun = {
      method,
      inputs,
      end() {
        leave();
        done.resolve(inputs.map((input) => outcomeOf(loaded, method, input)));
      },
      fail(error) {
        leave();
        done.reject(error);
      },
    };
    this.started.push(run);
    return done.promise;
  }

  abandon(): void {
    this.abandoned += 1;
  }

  /** Lets every run end, and those that start then. */
  async drain(): Promise<void> {
    for (let quiet = 0; quiet < 5; quiet++) {
      while (this.started.length > 0) {
        this.started[0]?.end();
        quiet = 0;
        await turn();
      }
      await turn();
    }
  }
}

function outcomeOf(loaded: LoadedModel, method: ModelMethod, input: unknown): RunOutcome {
  try {
    return { value: (loaded[method] as (input: unknown, options: object) => unknown)(input, {}) };
  } catch (error) {
    return { error };
  }
}

/** Lets microtasks run. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
