import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TestRunner } from '../../src/testing/index.ts';

const ROOT = resolve(import.meta.dirname, '../..');
await mkdir(join(ROOT, '.cache'), { recursive: true });
// Inside the project, so that vitest compiles what is imported from there.
const folder = await mkdtemp(join(ROOT, '.cache/docs-'));
afterAll(() => rm(folder, { recursive: true }));

/** The code blocks of the page that begin with a file name, as those files. */
async function writeExamples(): Promise<string[]> {
  const page = await readFile(join(ROOT, 'docs/custom-loader.md'), 'utf8');
  const names: string[] = [];
  for (const [, name = '', code = ''] of page.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)) {
    const own = code
      .replaceAll("'base-ml-service/testing'", JSON.stringify(join(ROOT, 'src/testing/index.ts')))
      .replaceAll("'base-ml-service'", JSON.stringify(join(ROOT, 'src/index.ts')));
    await writeFile(join(folder, name), own);
    names.push(name);
  }
  return names;
}

const names = await writeExamples();

describe('docs/custom-loader.md', () => {
  it('has its three files', () => {
    expect(names).toEqual(['scorecard-loader.ts', 'use-scorecard.ts', 'scorecard-loader.contract.ts']);
  });

  it('shows a loader that works in a registry and with loadModel', async () => {
    const content = JSON.stringify({ scorecard: 1, features: ['income', 'debt'], weights: [0.5, -1], intercept: 0.25 });
    await mkdir(join(folder, 'models/trained'), { recursive: true });
    const file = join(folder, 'models/trained/credit_v1_20240101.scorecard');
    await writeFile(file, content);
    // The content decides, so another extension does as well.
    await cp(file, join(folder, 'credit.json'));
    const { useScorecard } = (await import(join(folder, 'use-scorecard.ts'))) as {
      useScorecard: (modelsDir: string, file: string) => Promise<unknown[]>;
    };
    expect(await useScorecard(join(folder, 'models'), join(folder, 'credit.json'))).toEqual([1, 0]);
  });
});

const { scorecardContract } = (await import(join(folder, 'scorecard-loader.contract.ts'))) as {
  scorecardContract: (runner: TestRunner) => void;
};
scorecardContract({ describe, it });
