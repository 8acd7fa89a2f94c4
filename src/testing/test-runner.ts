/** The two functions that every test runner has: vitest, `node:test`, Jest, Mocha. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}
