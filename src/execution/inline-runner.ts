import type { Run, RunOutcome, Runner } from './runner.ts';

/** Runs models that answer later on the event loop. */
export function createInlineRunner(parallel: number): Runner {
  return {
    place: 'inline',
    holdsLoop: true,
    parallel,
    maxCalls: 1,
    run,
    // What computes here cannot be stopped.
    abandon: () => undefined,
  };
}

async function run({ loaded, method, inputs, options }: Run): Promise<readonly RunOutcome[]> {
  const call = loaded[method] as (input: unknown, options: object) => unknown;
  const outcomes: RunOutcome[] = [];
  for (const input of inputs) {
    try {
      outcomes.push({ value: await call.call(loaded, input, options) });
    } catch (error) {
      outcomes.push({ error });
    }
  }
  return outcomes;
}
