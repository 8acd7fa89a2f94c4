import type { TestRunner } from '../../src/testing/index.ts';

/** Runs a contract suite outside any runner; gives the names of its tests and of those that failed. */
export async function runSuite(suite: (runner: TestRunner) => void): Promise<{ all: string[]; failed: string[] }> {
  const tests: { name: string; body: () => Promise<void> }[] = [];
  suite({ describe: (_, body) => body(), it: (name, body) => tests.push({ name, body }) });
  const failed: string[] = [];
  for (const { name, body } of tests) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return { all: tests.map(({ name }) => name), failed };
}
