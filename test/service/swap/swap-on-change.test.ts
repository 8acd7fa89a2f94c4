import { mkdtemp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MLServiceRegistry } from '../../../src/index.ts';
import { createFakeModel, createMockLoader } from '../../../src/testing/index.ts';
import { record, settle } from '../registry-fixture.ts';
import { answer, swapFixture } from './swap-fixture.ts';

const AUTO = { watch: true, swapOnChange: true } as const;

describe('swapOnChange', () => {
  it('lets a new file take over where it is what is asked for', async () => {
    const { registry, publish, loaded } = swapFixture({ v1: {} }, AUTO);
    expect([await answer(registry), await answer(registry, '^1'), await answer(registry, 'v1')]).toEqual(
      Array(3).fill('v1'),
    );
    const events = record(registry, 'swap:start', 'swap:end', 'swap:error');
    publish('v2');
    await vi.waitFor(async () => expect(await answer(registry)).toBe('v2'));
    await settle();
    expect([await answer(registry, '^1'), await answer(registry, 'v1')]).toEqual(['v1', 'v1']);
    expect(events).toMatchObject([
      { name: 'swap:start', payload: { trigger: 'change', requested: 'latest', from: { version: 'v1' } } },
      { name: 'swap:end', payload: { trigger: 'change', version: 'v2', changed: true } },
    ]);
    expect(loaded('v1')[0]?.disposals).toBe(0);
    // A second one for both.
    publish('v1.5', { metadata: { version: '1.5.0' } });
    await vi.waitFor(async () => expect(await answer(registry, '^1')).toBe('v1.5'));
    expect([await answer(registry), await answer(registry, 'v1')]).toEqual(['v2', 'v1']);
  });

  it('leaves a model alone that nobody asked for', async () => {
    const { registry, publish, loads } = swapFixture({ v1: {} }, AUTO);
    await registry.models();
    publish('v2');
    await settle();
    await settle();
    expect(loads('v2')).toBe(0);
    expect(await answer(registry)).toBe('v2');
  });

  it('tells a failure once, and tries again when the file changes', async () => {
    const { registry, publish, loads } = swapFixture({ v1: {} }, AUTO);
    await answer(registry);
    const failures = record(registry, 'swap:error');
    publish('v2', { metadata: { samples: { rows: [[1]], predict: ['something else'] } } });
    await vi.waitFor(() => expect(failures).toHaveLength(1));
    expect(failures[0]?.payload).toMatchObject({
      trigger: 'change',
      step: 'samples',
      error: { code: 'ML_SWAP_SAMPLES' },
    });
    for (const version of ['v0', 'v0.1']) publish(version);
    for (let i = 0; i < 5; i++) await settle();
    expect([await answer(registry), failures.length, loads('v2')]).toEqual(['v1', 1, 1]);
    publish('v2', { metadata: { samples: { rows: [[1]], predict: ['v2'] } } });
    await vi.waitFor(async () => expect(await answer(registry)).toBe('v2'));
  });

  it('waits for the metadata where versions come with checksums', async () => {
    const sum = (text: string) => `sha256:${text}`;
    const digest = async (version: string) =>
      sum((await import('node:crypto')).createHash('sha256').update(version.padEnd(100, ' ')).digest('hex'));
    const { registry, publish } = swapFixture({ v1: { metadata: { checksum: await digest('v1') } } }, AUTO);
    await answer(registry);
    const events = record(registry, 'swap:start');
    publish('v2');
    for (let i = 0; i < 5; i++) await settle();
    expect([events.length, await answer(registry)]).toEqual([0, 'v1']);
    publish('v2', { metadata: { checksum: await digest('v2') } });
    await vi.waitFor(async () => expect(await answer(registry)).toBe('v2'));
  });

  it('does not bring back what was rolled back, and follows the next file', async () => {
    const { registry, publish, remove } = swapFixture({ v1: {} }, AUTO);
    await answer(registry);
    publish('v2');
    await vi.waitFor(async () => expect(await answer(registry)).toBe('v2'));
    await settle();
    await registry.rollback('fraud');
    publish('v0');
    for (let i = 0; i < 5; i++) await settle();
    expect(await answer(registry)).toBe('v1');
    // Neither does a file that vanishes change anything.
    publish('v1.5', { metadata: { version: '1.5.0' } });
    remove('v2');
    for (let i = 0; i < 5; i++) await settle();
    publish('v3');
    await vi.waitFor(async () => expect(await answer(registry)).toBe('v3'));
  });

  it('keeps the version that serves when its file vanishes', async () => {
    const { registry, remove } = swapFixture({ v1: {}, v2: {} }, AUTO);
    await answer(registry);
    const events = record(registry, 'swap:start');
    remove('v2');
    for (let i = 0; i < 5; i++) await settle();
    expect([await answer(registry), events.length]).toEqual(['v2', 0]);
  });

  it('frees the old version first where that is the policy', async () => {
    const sized = (label: string) => ({ model: () => createFakeModel({ predict: [label], byteSize: 100 }) });
    const { registry, publish } = swapFixture(
      { v1: sized('v1') },
      { watch: true, swapOnChange: 'memory-first', cache: { maxBytes: 150, minResidencyMs: 0 } },
    );
    await answer(registry);
    const events = record(registry, 'swap:end');
    publish('v2', sized('v2'));
    await vi.waitFor(() => expect(events).toMatchObject([{ payload: { policy: 'memory-first', version: 'v2' } }]));
    expect(await answer(registry)).toBe('v2');
  });

  it('needs watch', () => {
    expect(() => new MLServiceRegistry({ env: {}, swapOnChange: true })).toThrow(
      expect.objectContaining({
        code: 'ML_OPTIONS_INVALID',
        message: expect.stringContaining('options.watch must be true'),
      }),
    );
    expect(() => new MLServiceRegistry({ env: {}, watch: true, swapOnChange: 'soon' as never })).toThrow(
      expect.objectContaining({ message: expect.stringContaining('options.swapOnChange must be a boolean') }),
    );
    expect(new MLServiceRegistry({ env: {}, watch: true }).config.swapOnChange).toBeUndefined();
  });
});

describe('swapOnChange on a directory', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  it('lets a file take over that is renamed into place, and one that is written in pieces when it is whole', async () => {
    const root = await mkdtemp(join(tmpdir(), 'swap-'));
    cleanups.push(() => rm(root, { recursive: true }));
    const trained = join(root, 'trained');
    await mkdir(trained);
    await writeFile(join(trained, 'fraud_v1_20240101.mock'), 'one');
    const loader = createMockLoader({
      model({ artefact }) {
        const label = new TextDecoder().decode(artefact.bytes);
        if (label.endsWith(' ')) throw new Error('half a file');
        return createFakeModel({ predict: [label] });
      },
    });
    const registry = new MLServiceRegistry({ env: {}, modelsDir: root, loaders: [loader], ...AUTO });
    cleanups.push(() => registry.close());
    expect(await answer(registry)).toBe('one');
    await writeFile(join(trained, '.fraud_v2_20240102.mock.tmp'), 'two');
    await rename(join(trained, '.fraud_v2_20240102.mock.tmp'), join(trained, 'fraud_v2_20240102.mock'));
    await vi.waitFor(async () => expect(await answer(registry)).toBe('two'), { timeout: 10_000, interval: 20 });
    await writeFile(join(trained, 'fraud_v3_20240103.mock'), 'half ');
    await writeFile(join(trained, 'fraud_v3_20240103.mock'), 'three');
    await vi.waitFor(async () => expect(await answer(registry)).toBe('three'), { timeout: 10_000, interval: 20 });
  });
});
