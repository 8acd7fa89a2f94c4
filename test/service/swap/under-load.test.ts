import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MLServiceRegistry } from '../../../src/index.ts';
import { modelsDirectory, sampleOf } from './models-directory.ts';

const SWAPS = 100;
const CALLERS = 8;

describe('many swaps under continuous load', () => {
  it.each(['availability-first', 'memory-first'] as const)(
    '%s: no call fails, each is answered by one version',
    async (policy) => {
      const versions = {
        v1: {
          file: 'trained/tumor_classifier_v1_20240115.pkl',
          samples: await sampleOf('tumor_classifier_v1_20240115.python.json'),
        },
        v2: {
          file: 'trained/tumor_classifier_v1_20240220.pkl',
          samples: await sampleOf('tumor_classifier_v1_20240220.python.json'),
        },
      };
      const modelsDir = await modelsDirectory(versions);
      const registry = new MLServiceRegistry({ env: {}, modelsDir });
      try {
        const model = registry.model<unknown[]>('fraud', 'v1');
        const rows = versions.v1.samples.rows as unknown[][];
        const proba = async (): Promise<string> => JSON.stringify(await model.predictProba(rows));
        // What each version answers for the same rows.
        const answers = new Map<string, number>([[await proba(), 1]]);
        await registry.swap('fraud', { to: 'v2' });
        answers.set(await proba(), 2);
        expect(answers.size).toBe(2);
        let serving = 2;
        let swaps = 0;
        const traffic = new AbortController();
        const counts = { answered: 0, failed: 0, halves: 0, stale: 0 };
        const now = (): string => `${swaps} ${registry.modelHealth('fraud', 'v1').artefact}`;
        const caller = async (): Promise<void> => {
          while (!traffic.signal.aborted) {
            const before = now();
            try {
              const version = answers.get(await proba());
              counts.answered += 1;
              if (version === undefined) counts.halves += 1;
              // Nothing was switched meanwhile: the answer is that of what served all the time.
              else if (before === now() && !before.includes(`_v${version}_`)) counts.stale += 1;
            } catch {
              counts.failed += 1;
            }
            await new Promise((resolve) => setImmediate(resolve));
          }
        };
        const callers = Array.from({ length: CALLERS }, caller);
        for (let i = 0; i < SWAPS; i++) {
          const to = serving === 1 ? 2 : 1;
          const { changed, samples } = await registry.swap('fraud', { to: `v${to}`, policy, samples: 'require' });
          expect([changed, samples]).toEqual([true, 'ok']);
          serving = to;
          swaps += 1;
          // Whoever asks from now on is answered by this version.
          expect(answers.get(await proba())).toBe(to);
        }
        traffic.abort();
        await Promise.all(callers);
        expect(counts).toMatchObject({ failed: 0, halves: 0, stale: 0 });
        expect(counts.answered).toBeGreaterThan(SWAPS);
        expect(registry.execution()).toHaveLength(1);
      } finally {
        await registry.close();
        await rm(modelsDir, { recursive: true });
      }
    },
  );
});
