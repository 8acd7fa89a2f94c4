import { describe, expect, it } from 'vitest';
import type { ModelRepository } from '../../src/index.ts';
import { createMemoryRepository, type MemoryRepository, repositoryContract } from '../../src/testing/index.ts';
import { runSuite } from './run-suite.ts';

const FILES = {
  'fraud_detector_v1_20240101.mock': 'first',
  'fraud_detector_v2.1.0-rc.1_20240201.mock': { bytes: 'second', metadata: { features: ['amount'] } },
  'preprocessing/scaler.mock': Uint8Array.of(1, 2, 3),
};
const EXPECTED = [
  { area: 'trained', name: 'fraud_detector', label: 'v1', bytes: Buffer.from('first') },
  { area: 'preprocessing', name: 'scaler', bytes: Uint8Array.of(1, 2, 3) },
] as const;

let made: MemoryRepository;
repositoryContract(
  { describe, it },
  {
    repository: () => {
      made = createMemoryRepository(FILES);
      return Promise.resolve(made);
    },
    expected: EXPECTED,
    change: () => {
      made.set('fraud_detector_v3.mock', 'third');
      return Promise.resolve();
    },
  },
);

describe('createMemoryRepository', () => {
  it('takes name, version and date from the file name, the rest from metadata', async () => {
    const { records } = await createMemoryRepository(FILES).index();
    expect(records).toMatchObject([
      {
        id: 'trained/fraud_detector_v1_20240101.mock',
        label: 'v1',
        version: '1.0.0',
        date: '20240101',
        extension: 'mock',
      },
      { label: 'v2.1.0-rc.1', version: '2.1.0-rc.1', date: '20240201', metadata: { features: ['amount'], extra: {} } },
      { id: 'preprocessing/scaler.mock', name: 'scaler', label: undefined, version: undefined, size: 3 },
    ]);
  });

  it('reads a file beside another', async () => {
    const repository = createMemoryRepository({ 'a_v1.mock': 'x', 'a.data': 'weights' });
    const record = (await repository.index()).records.find(({ name }) => name === 'a');
    const artefact = await repository.open(record as NonNullable<typeof record>, {
      maxBytes: 8,
      signal: new AbortController().signal,
    });
    expect(Buffer.from(await artefact.read('a.data')).toString()).toBe('weights');
    await expect(artefact.read('a.data')).rejects.toMatchObject({ code: 'ML_ARTEFACT_TOO_LARGE' });
  });
});

describe('the repository contract finds', () => {
  const broken = (change: (repository: ModelRepository) => Partial<ModelRepository>) =>
    runSuite((runner) =>
      repositoryContract(runner, {
        repository: () => {
          const repository = createMemoryRepository(FILES);
          return Promise.resolve({ ...repository, ...change(repository) });
        },
        expected: EXPECTED,
      }),
    );

  it('a limit that is not kept', async () => {
    const { failed } = await broken((repository) => ({
      open: (record, options) => repository.open(record, { ...options, maxBytes: 2 ** 30 }),
    }));
    expect(failed).toEqual(['refuses an artefact above maxBytes']);
  });

  it('a wrong digest and a read() that escapes', async () => {
    const { failed } = await broken((repository) => ({
      open: async (record, options) => ({
        ...(await repository.open(record, options)),
        sha256: '0'.repeat(64),
        read: () => Promise.resolve(new Uint8Array()),
      }),
    }));
    expect(failed).toEqual([
      'opens an artefact with its size and the digest of its bytes',
      'refuses to read what lies outside the folder of an artefact',
    ]);
  });

  it('an artefact listed twice', async () => {
    const { failed } = await broken((repository) => ({
      async index() {
        const index = await repository.index();
        return { ...index, records: [...index.records, ...index.records] };
      },
    }));
    expect(failed).toEqual(['lists what it holds, each artefact once']);
  });
});
