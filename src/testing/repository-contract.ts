import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { MLServiceError } from '../errors/ml-service-error.ts';
import type { ModelArea, ModelRecord, ModelRepository, OpenOptions } from '../spec/model-repository.ts';
import type { TestRunner } from './test-runner.ts';

/** A repository and what it must hold. */
export interface RepositoryContractSubject {
  /** Makes a repository for each test. */
  readonly repository: () => Promise<ModelRepository>;
  /** Artefacts that it holds; others may be there too. At least one. */
  readonly expected: readonly {
    readonly area: ModelArea;
    readonly name: string;
    readonly label?: string;
    readonly bytes?: Uint8Array;
  }[];
  /** Adds an artefact to the repository last made, for repositories that can be watched. */
  readonly change?: () => Promise<void>;
}

/** Milliseconds that a watcher may take to tell a change. */
const WATCH_TIMEOUT_MS = 10_000;

/** What every repository must do, as tests of your runner. */
export function repositoryContract({ describe, it }: TestRunner, subject: RepositoryContractSubject): void {
  describe('the repository keeps the contract', () => {
    it('says where it is', async () => {
      assert.match((await subject.repository()).location, /\S/);
    });

    it('lists what it holds, each artefact once', async () => {
      const { records } = await (await subject.repository()).index();
      assert.equal(new Set(records.map(({ id }) => id)).size, records.length, 'ids must be unique');
      for (const expected of subject.expected) find(records, expected);
      for (const record of records) checkRecord(record);
    });

    it('lists the same again, before and after refresh()', async () => {
      const repository = await subject.repository();
      const ids = async (): Promise<string[]> => (await repository.index()).records.map(({ id }) => id).sort();
      const first = await ids();
      assert.deepEqual(await ids(), first);
      repository.refresh();
      assert.deepEqual(await ids(), first);
    });

    it('opens an artefact with its size and the digest of its bytes', async () => {
      const repository = await subject.repository();
      const { records } = await repository.index();
      for (const expected of subject.expected) {
        const record = find(records, expected);
        const artefact = await repository.open(record, opening());
        assert.equal(artefact.kind, record.kind);
        assert.equal(artefact.size, record.size);
        assert.match(artefact.sha256, /^[0-9a-f]{64}$/);
        if (artefact.kind === 'file')
          assert.equal(artefact.sha256, createHash('sha256').update(artefact.bytes).digest('hex'));
        if (expected.bytes !== undefined) assert.deepEqual(Buffer.from(artefact.bytes), Buffer.from(expected.bytes));
      }
    });

    it('refuses an artefact above maxBytes', async () => {
      const { repository, record } = await first(subject);
      await rejects(repository.open(record, opening({ maxBytes: record.size - 1 })), 'ML_ARTEFACT_TOO_LARGE');
    });

    it('stops reading when its signal aborts', async () => {
      const { repository, record } = await first(subject);
      await assert.rejects(async () => repository.open(record, opening({ signal: AbortSignal.abort() })));
    });

    it('refuses to read what lies outside the folder of an artefact', async () => {
      const { repository, record } = await first(subject);
      const artefact = await repository.open(record, opening());
      for (const path of ['../outside', '/etc/hostname', 'a/../../outside'])
        await rejects(artefact.read(path), 'ML_ARTEFACT_ESCAPES');
      await rejects(artefact.read('not-there.data'), 'ML_ARTEFACT_MISSING');
    });

    it('refuses an artefact that it does not have', async () => {
      const { repository, record } = await first(subject);
      const folder = record.id.slice(0, record.id.lastIndexOf('/') + 1);
      await rejects(repository.open({ ...record, id: `${folder}gone_v1.mock` }, opening()), 'ML_ARTEFACT_MISSING');
    });

    it('tells changes while it is watched', async () => {
      const repository = await subject.repository();
      if (repository.watch === undefined || subject.change === undefined) return;
      const before = (await repository.index()).records.length;
      let tell: () => void = () => undefined;
      const told = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const stop = await repository.watch(() => tell());
      await subject.change();
      await within(told, WATCH_TIMEOUT_MS);
      await stop();
      repository.refresh();
      assert.equal((await repository.index()).records.length, before + 1);
    });
  });
}

async function first(
  subject: RepositoryContractSubject,
): Promise<{ repository: ModelRepository; record: ModelRecord }> {
  const repository = await subject.repository();
  const [expected] = subject.expected;
  assert.ok(expected !== undefined, 'the contract needs at least one expected artefact');
  return { repository, record: find((await repository.index()).records, expected) };
}

function find(
  records: readonly ModelRecord[],
  { area, name, label }: RepositoryContractSubject['expected'][number],
): ModelRecord {
  const found = records.find(
    (record) => record.area === area && record.name === name && (label === undefined || record.label === label),
  );
  assert.ok(found !== undefined, `${area}/${name} ${label ?? ''} is not listed`);
  return found;
}

function checkRecord(record: ModelRecord): void {
  assert.match(record.name, /\S/);
  assert.ok(Number.isSafeInteger(record.size) && record.size >= 0, `size of ${record.id}`);
  assert.ok(record.date === undefined || /^\d{8}$/.test(record.date), `date of ${record.id}`);
  assert.equal(record.extension, record.extension.toLowerCase());
  assert.ok(!record.extension.includes('.') && !record.id.includes('\\'), record.id);
}

function opening(overrides: Partial<OpenOptions> = {}): OpenOptions {
  return { maxBytes: 2 ** 30, signal: new AbortController().signal, ...overrides };
}

async function rejects(work: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(MLServiceError.isInstance(error), `${String(error)} is no MLServiceError`);
    assert.equal(error.code, code);
    return true;
  });
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: `no change was told in ${ms} ms` })), ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
