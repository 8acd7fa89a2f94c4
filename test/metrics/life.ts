import { MLServiceRegistry } from '../../src/index.ts';
import { createFakeModel, createMemoryRepository, createMockLoader } from '../../src/testing/index.ts';

/** Two models of which one fits, and one that is broken. */
export function newRegistry(): MLServiceRegistry {
  return new MLServiceRegistry({
    env: {},
    required: ['fraud@v1'],
    cache: { maxBytes: 100, minResidencyMs: 0 },
    repository: createMemoryRepository({
      'fraud_v1.mock': 'fraud',
      'churn_v2.mock': 'churn',
      'broken_v1.mock': 'broken',
    }),
    loaders: [
      createMockLoader({
        model({ artefact, warn }) {
          if (artefact.name.startsWith('broken')) throw new Error('bad weights');
          warn({ code: 'odd', message: 'odd' });
          return createFakeModel({
            byteSize: 60,
            predict: async (rows) => rows.map(() => 1),
            transform: () => {
              throw new Error('no');
            },
          });
        },
      }),
    ],
  });
}

/** Loads, predictions alone and together, failures, evictions and an unload. */
export async function live(registry: MLServiceRegistry): Promise<void> {
  const fraud = registry.model('fraud', 'v1');
  const churn = registry.model('churn', 'v2');
  await fraud.predict([[1], [2]]);
  await Promise.all([fraud.predict([[1]]), fraud.predict([[1]]), fraud.predict([[1], [2], [3]])]);
  await fraud.transform([[1]]).catch(() => undefined);
  await registry.load('broken').catch(() => undefined);
  await churn.predict([[1]]);
  await fraud.predict([[1]]);
  await registry.unload('fraud', 'v1');
}

/** Series to value of a text for Prometheus, e.g. `ml_loads_total{model="fraud"}` to 2. */
export function parseExposition(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const found = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (found === null) throw new Error(`not a line of the format: ${line}`);
    const [, name = '', inner = '', value] = found;
    const labels = Array.from(inner.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g), ([whole]) => whole);
    if (labels.join(',') !== inner.replace(/,$/, '')) throw new Error(`not labels of the format: ${line}`);
    const key = `${name}{${labels.sort().join(',')}}`;
    if (values.has(key)) throw new Error(`twice: ${line}`);
    values.set(key, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value));
  }
  return values;
}
