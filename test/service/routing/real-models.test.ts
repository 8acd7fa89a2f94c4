import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  BaseMLService,
  type CallOptions,
  MLServiceRegistry,
  type RoutedPrediction,
  type Row,
  type ShadowStatus,
  type Tensor,
} from '../../../src/index.ts';
import { assertClose } from '../../../src/testing/close-to.ts';
import { record } from '../registry-fixture.ts';

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url));
const V1 = 'fraud_detector_v1_20240101';
const V2 = 'fraud_detector_v2_20240301';

interface Sample {
  readonly input: { readonly columns: string[]; readonly data: unknown[][] };
  readonly expected: { readonly predict: number[]; readonly predict_proba: number[][] };
}

/** Rows, and what scikit-learn answered for them. */
function sampleOf(file: string) {
  const { input, expected } = JSON.parse(readFileSync(`${MODELS}/samples/${file}.python.json`, 'utf8')) as Sample;
  const rows = input.data.map((row) => Object.fromEntries(input.columns.map((name, i) => [name, row[i]])) as Row);
  return { rows, expected };
}

class FraudService extends BaseMLService<Row, number> {
  readonly modelName = 'fraud_detector';

  flag(rows: Row[], options: CallOptions): Promise<number[]> {
    return this.model.predict(rows, options);
  }

  score(rows: Row[], options: CallOptions): Promise<Tensor> {
    return this.model.predictProba(rows, options);
  }
}

describe.each([
  ['native models', 'auto', [`${V1}.pkl`, `${V2}.joblib`], 1e-12],
  ['ONNX graphs', 'auto', [`${V1}.onnx`, `${V2}.onnx`], 1e-5],
  ['ONNX graphs in threads', 'thread', [`${V1}.onnx`, `${V2}.onnx`], 1e-5],
] as const)('two versions of fraud_detector as %s', (_, place, files, tolerance) => {
  const modelsDir = mkdtempSync(join(tmpdir(), 'routing-'));
  mkdirSync(join(modelsDir, 'trained'));
  for (const file of files) copyFileSync(join(MODELS, 'trained', file), join(modelsDir, 'trained', file));
  const registry = new MLServiceRegistry({ modelsDir, env: {}, execution: { place } });
  const service = registry.create(FraudService);
  afterAll(async () => {
    await registry.close();
    rmSync(modelsDir, { recursive: true });
  });

  it('are each asked by their share of the customers, and answer as scikit-learn does', async () => {
    const ends = record(registry, 'predict:end');
    await registry.route('fraud_detector', {
      arms: [
        { name: 'champion', version: 'v1', weight: 1 },
        { name: 'challenger', version: 'v2', weight: 1, bounds: { maxErrorRate: 0.01 } },
      ],
      shadow: { version: 'v2' },
    });
    const samples = { champion: sampleOf(V1), challenger: sampleOf(V2) };
    const seen = { champion: 0, challenger: 0 };
    for (let i = 0; i < 40; i++) {
      const told: RoutedPrediction[] = [];
      const options: CallOptions = { routingKey: `customer-${i}`, onRouted: (one) => void told.push(one) };
      const arm = registry.routes.get('fraud_detector')?.assign(`customer-${i}`).arm as 'champion' | 'challenger';
      const { rows, expected } = samples[arm];
      expect(await service.flag(rows, options)).toEqual(expected.predict);
      assertClose((await service.score(rows, options)).toArray(), expected.predict_proba, tolerance);
      expect(told.map((one) => one.arm)).toEqual([arm, arm]);
      seen[arm] += 1;
      expect(registry.reportOutcome(told[0]?.id as string, i % 2 === 0)).toBe('counted');
    }
    expect(Math.min(seen.champion, seen.challenger)).toBeGreaterThan(5);
    const { arms } = await registry.routeSummary('fraud_detector');
    expect(arms.map(({ calls, errors, outcomes }) => [calls, errors, outcomes.count])).toEqual([
      [seen.champion * 2, 0, seen.champion],
      [seen.challenger * 2, 0, seen.challenger],
    ]);
    expect(new Set(ends.map(({ payload }) => `${payload.route?.arm} ${payload.version}`))).toEqual(
      new Set(['champion v1', 'challenger v2']),
    );
  });

  it('have a shadow in a thread of its own, which agrees with itself and differs from the other version', async () => {
    const places = registry.execution().filter(({ version }) => version === 'v2');
    expect(places.map((one) => one.place).sort()).toEqual([place === 'auto' ? 'inline' : 'thread', 'thread']);
    const { rows } = sampleOf(V2);
    const ended = record(registry, 'shadow:end');
    const shadow = () => registry.routes.get('fraud_detector')?.shadow as ShadowStatus;
    /** Lets copies of calls so far come to their end, and forgets them. */
    const route = async (version: string): Promise<void> => {
      await expect.poll(() => shadow().waiting + shadow().running, { timeout: 10_000 }).toBe(0);
      await registry.route('fraud_detector', { arms: [{ version, weight: 1 }], shadow: { version: 'v2' } });
      ended.length = 0;
    };
    await route('v2');
    for (let i = 0; i < 10; i++) await service.score(rows, {});
    await expect.poll(() => ended.length, { timeout: 10_000 }).toBe(10);
    expect(ended.map(({ payload }) => [payload.error, payload.differs])).toEqual(ended.map(() => [undefined, false]));
    await route('v1');
    await service.score(rows, {});
    await expect.poll(() => ended.length, { timeout: 10_000 }).toBe(1);
    expect(ended[0]?.payload).toMatchObject({ error: undefined, differs: true, version: 'v2' });
    expect(ended[0]?.payload.maxAbsDiff).toBeGreaterThan(0.01);
  });
});
