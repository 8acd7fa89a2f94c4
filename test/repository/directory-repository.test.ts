import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RepositoryIndex } from '../../src/spec/model-repository.ts';
import { repositoryContract } from '../../src/testing/repository-contract.ts';
import { codeOf, folderOf, indexOf, LIMITS, opening, put, record, repositoryOf, sha256 } from './fixture.ts';

const ids = ({ records }: RepositoryIndex): string[] => records.map(({ id }) => id);
const codes = ({ problems }: RepositoryIndex): string[] => problems.map(({ id, code }) => `${id} ${code}`);
const META = { name: 'fraud_detector', version: '1.0.0', features: ['a', 'b'] };

let root = '';
repositoryContract(
  { describe, it },
  {
    repository: () => {
      root = folderOf({ 'trained/m_v1.mock': 'one', 'trained/m_v2.mock': 'two', 'preprocessing/scaler.mock': 'three' });
      return Promise.resolve(repositoryOf(root));
    },
    expected: [
      { area: 'trained', name: 'm', label: 'v1', bytes: Buffer.from('one') },
      { area: 'preprocessing', name: 'scaler' },
    ],
    change: () => Promise.resolve(put(root, 'trained/m_v3.mock', 'new')),
  },
);

describe('layout', () => {
  it('has the areas, nested folders and files in the root', async () => {
    const index = await indexOf({
      'a_v1.onnx': 'x',
      'trained/b_v1.onnx': 'x',
      'trained/team/c_v1.onnx': 'x',
      'preprocessing/scaler.pkl': 'x',
      'checkpoints/epoch_10.pth': 'x',
    });
    expect(index.records.map(({ id, area }) => [id, area])).toEqual([
      ['a_v1.onnx', 'trained'],
      ['checkpoints/epoch_10.pth', 'checkpoints'],
      ['preprocessing/scaler.pkl', 'preprocessing'],
      ['trained/b_v1.onnx', 'trained'],
      ['trained/team/c_v1.onnx', 'trained'],
    ]);
    expect(index.problems).toEqual([]);
  });

  it('leaves out what is no model, or not complete', async () => {
    const index = await indexOf({
      'README.md': 'x',
      '.gitattributes': 'x',
      'training/a_v1.pkl': 'x',
      'samples/a_v1.json': '{ broken',
      'metadata/notes.txt': 'x',
      'trained/.hidden.onnx': 'x',
      'trained/a_v1.onnx.tmp': 'x',
      'trained/a_v1.onnx.part': 'x',
      'trained/a_v1.onnx.partial': 'x',
      'trained/a_v1.onnx.crdownload': 'x',
      'trained/a_v1.onnx.lock': 'x',
      'trained/a_v1.onnx~': 'x',
      'trained/.#a_v1.onnx': 'x',
      'trained/a_v1.onnx.data': 'x',
      'trained/a_v1.onnx_data': 'x',
      'trained/a_v1.onnx_data_1': 'x',
      'trained/requirements.txt': 'x',
      'trained/a_v1.onnx': 'x',
      'trained/empty_v1.onnx': '',
    });
    expect(ids(index)).toEqual(['trained/a_v1.onnx', 'trained/empty_v1.onnx']);
    expect(index.problems).toEqual([]);
  });

  it('takes folders that are one model', async () => {
    const index = await indexOf({
      'trained/keras_v2_20240101/saved_model.pb': 'xx',
      'trained/keras_v2_20240101/variables/variables.index': 'xxx',
      'trained/web_v1/model.json': '{"modelTopology":{}}',
      'trained/web_v1/shard1.bin': 'x',
      'trained/bert_v3/model.onnx': 'x',
      'trained/bert_v3/model.onnx_data': 'x',
      'trained/bert_v3/tokenizer.json': '{}',
      'trained/big_v1/weights.onnx': 'x',
      'trained/big_v1/onnx__MatMul_12': 'x',
      'trained/team_v1/one.onnx': 'x',
      'trained/team_v1/two.onnx': 'x',
    });
    expect(index.records.map(({ id, name, label, kind, extension }) => [id, name, label, kind, extension])).toEqual([
      ['trained/bert_v3/model.onnx', 'bert', 'v3', 'file', 'onnx'],
      ['trained/big_v1/weights.onnx', 'big', 'v1', 'file', 'onnx'],
      ['trained/keras_v2_20240101', 'keras', 'v2', 'directory', 'pb'],
      ['trained/team_v1/one.onnx', 'one', undefined, 'file', 'onnx'],
      ['trained/team_v1/two.onnx', 'two', undefined, 'file', 'onnx'],
      ['trained/web_v1', 'web', 'v1', 'directory', 'json'],
    ]);
    expect(record(index, 'trained/keras_v2_20240101').size).toBe(5);
  });

  it('takes a JSON model for a model', async () => {
    const model = { learner: {}, version: [2, 1, 0] };
    expect(ids(await indexOf({ 'trained/boost_v1.json': model, 'trained/boost_v1.ubj': 'x' }))).toEqual([
      'trained/boost_v1.json',
      'trained/boost_v1.ubj',
    ]);
  });

  it('takes a pattern for file names', async () => {
    const repository = repositoryOf(folderOf({ 'trained/2.0@fraud.onnx': 'x' }), {
      fileNamePattern: /^(?<version>[\d.]+)@(?<name>.+)$/,
    });
    expect((await repository.index()).records[0]).toMatchObject({ name: 'fraud', label: '2.0', version: '2.0.0' });
  });

  it('says that the models directory is missing', async () => {
    const { records, problems } = await repositoryOf('/nowhere/models').index();
    expect(records).toEqual([]);
    expect(problems).toMatchObject([
      { code: 'ML_ARTEFACT_MISSING', message: expect.stringMatching(/\/nowhere\/models.*modelsDir.*ML_MODELS_DIR/) },
    ]);
  });

  it('stops at the limit of files, and of folders in folders', async () => {
    const many = folderOf(
      Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`trained/d${i}/m${i}_v1.onnx`, 'x'])),
    );
    const index = await repositoryOf(many, { limits: { ...LIMITS, maxFiles: 10 } }).index();
    expect(index.records.length).toBeLessThan(15);
    expect(codes(index).join()).toContain('ML_ARTEFACT_TOO_LARGE');
    const deep = await indexOf({ [`trained/${'d/'.repeat(40)}m_v1.onnx`]: 'x', 'trained/a_v1.onnx': 'x' });
    expect(ids(deep)).toEqual(['trained/a_v1.onnx']);
    expect(codes(deep).join()).toContain('ML_ARTEFACT_TOO_LARGE');
  });
});

describe('links and special files', () => {
  it('follows links that stay inside, once', async () => {
    const root = folderOf({ 'trained/a_v1.onnx': 'x', '..data/pre/scaler.pkl': 'x' });
    symlinkSync('a_v1.onnx', join(root, 'trained/b_v1.onnx'));
    symlinkSync('..data/pre', join(root, 'preprocessing'));
    symlinkSync('.', join(root, 'trained/loop'));
    symlinkSync('..', join(root, 'trained/up'));
    const index = await repositoryOf(root).index();
    expect(ids(index)).toEqual(['preprocessing/scaler.pkl', 'trained/a_v1.onnx', 'trained/b_v1.onnx']);
    expect(index.problems).toEqual([]);
  });

  it('reports links that leave, and what is no file, without waiting', async () => {
    const outside = folderOf({ 'secret_v1.onnx': 'x' });
    const root = folderOf({ 'trained/a_v1.onnx': 'x' });
    symlinkSync(join(outside, 'secret_v1.onnx'), join(root, 'trained/secret_v1.onnx'));
    symlinkSync(outside, join(root, 'trained/folder'));
    symlinkSync('nowhere', join(root, 'trained/dangling.onnx'));
    mkdirSync(join(root, 'metadata'));
    execFileSync('mkfifo', [join(root, 'metadata/a_v1.json'), join(root, 'trained/pipe_v1.onnx')]);
    symlinkSync('a_v1.json', join(root, 'metadata/b_v1.json'));
    const index = await repositoryOf(root).index();
    expect(ids(index)).toEqual(['trained/a_v1.onnx']);
    expect(codes(index).toSorted()).toEqual([
      'metadata/a_v1.json ML_ARTEFACT_NOT_A_FILE',
      'metadata/b_v1.json ML_ARTEFACT_NOT_A_FILE',
      'trained/dangling.onnx ML_ARTEFACT_MISSING',
      'trained/folder ML_ARTEFACT_ESCAPES',
      'trained/pipe_v1.onnx ML_ARTEFACT_NOT_A_FILE',
      'trained/secret_v1.onnx ML_ARTEFACT_ESCAPES',
    ]);
  });

  it('reports a folder that may not be read', async () => {
    const root = folderOf({ 'trained/a_v1.onnx': 'x', 'checkpoints/b.pth': 'x' });
    chmodSync(root, 0o755);
    chmodSync(join(root, 'checkpoints'), 0);
    // The superuser may read everything; for the moment the test is somebody else.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    const index = await repositoryOf(root)
      .index()
      .finally(() => isRoot && process.seteuid?.(0));
    expect(ids(index)).toEqual(['trained/a_v1.onnx']);
    expect(codes(index)).toEqual(['checkpoints ML_ARTEFACT_UNREADABLE']);
  });

  it('refuses a file that became a directory, and a record that leaves', async () => {
    const root = folderOf({ 'trained/a_v1.onnx': 'x' });
    const repository = repositoryOf(root);
    const one = record(await repository.index(), 'trained/a_v1.onnx');
    expect(await codeOf(repository.open({ ...one, id: '../../etc/hostname' }, opening()))).toBe('ML_ARTEFACT_ESCAPES');
    rmSync(join(root, 'trained/a_v1.onnx'));
    mkdirSync(join(root, 'trained/a_v1.onnx'));
    expect(await codeOf(repository.open(one, opening()))).toBe('ML_ARTEFACT_NOT_A_FILE');
  });
});

describe('looking again', () => {
  it('keeps what it knows until refresh()', async () => {
    const root = folderOf({
      'trained/a_v1.onnx': 'x',
      'metadata/a_v1.json': { name: 'a', version: '1.0.0', description: 'old' },
    });
    const repository = repositoryOf(root);
    const first = await repository.index();
    put(root, 'trained/b_v1.onnx', 'x');
    put(root, 'metadata/a_v1.json', { name: 'a', version: '1.0.0', description: 'newer' });
    expect(await repository.index()).toBe(first);
    repository.refresh();
    const second = await repository.index();
    expect(ids(second)).toEqual(['trained/a_v1.onnx', 'trained/b_v1.onnx']);
    expect(second.records[0]?.metadata?.description).toBe('newer');
  });

  it('does not give what was begun before a refresh() to who asks after it', async () => {
    const root = folderOf({ 'trained/a_v1.onnx': 'x' });
    const repository = repositoryOf(root);
    const early = repository.index();
    put(root, 'trained/b_v1.onnx', 'x');
    repository.refresh();
    const late = await repository.index();
    await early;
    expect(ids(late)).toContain('trained/b_v1.onnx');
    expect(ids(await repository.index())).toContain('trained/b_v1.onnx');
  });

  it('tells files that came, changed and went, and metadata too', async () => {
    const root = folderOf({ 'trained/a_v1.onnx': 'x' });
    const repository = repositoryOf(root);
    await repository.index();
    let changes = 0;
    const stop = await repository.watch(() => (changes += 1));
    const until = async (test: (index: RepositoryIndex) => boolean): Promise<void> =>
      expect.poll(async () => test(await repository.index()), { timeout: 8_000 }).toBe(true);
    put(root, 'trained/.b_v1.onnx.tmp', 'xx');
    renameSync(join(root, 'trained/.b_v1.onnx.tmp'), join(root, 'trained/b_v1.onnx'));
    await until((index) => ids(index).includes('trained/b_v1.onnx'));
    put(root, 'metadata/b_v1.json', { name: 'b', version: '1.0.0', description: 'seen' });
    await until((index) => record(index, 'trained/b_v1.onnx').metadata?.description === 'seen');
    put(root, 'trained/b_v1.onnx', 'longer');
    await until((index) => record(index, 'trained/b_v1.onnx').size === 6);
    expect(record(await repository.index(), 'trained/b_v1.onnx').metadata?.description).toBe('seen');
    rmSync(join(root, 'trained/a_v1.onnx'));
    await until((index) => ids(index).length === 1);
    expect(changes).toBeGreaterThanOrEqual(3);
    await stop();
    writeFileSync(join(root, 'trained/c_v1.onnx'), 'x');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ids(await repository.index())).toEqual(['trained/b_v1.onnx']);
  });
});

describe('a model with its metadata', () => {
  it('opens with the digest that the metadata states', async () => {
    const root = folderOf({
      'trained/fraud_detector_v1.onnx': 'bytes',
      'metadata/m.json': {
        ...META,
        file_path: 'trained/fraud_detector_v1.onnx',
        checksum: `sha256:${sha256('bytes')}`,
      },
    });
    const repository = repositoryOf(root);
    const one = record(await repository.index(), 'trained/fraud_detector_v1.onnx');
    expect(one.declared).toBe(true);
    expect(`sha256:${(await repository.open(one, opening())).sha256}`).toBe(one.metadata?.checksum);
  });

  it('does not open while its own metadata is broken', async () => {
    const root = folderOf({ 'trained/a_v1.onnx': 'x', 'trained/b_v1.onnx': 'x', 'metadata/a_v1.json': '{"name": "a"' });
    const repository = repositoryOf(root);
    const index = await repository.index();
    expect(codes(index)).toEqual(['metadata/a_v1.json ML_METADATA_INVALID']);
    expect(await codeOf(repository.open(record(index, 'trained/a_v1.onnx'), opening()))).toBe('ML_METADATA_INVALID');
    expect(await codeOf(repository.open(record(index, 'trained/b_v1.onnx'), opening()))).toBe('no error');
    put(root, 'metadata/a_v1.json', { name: 'a', version: '1.0.0' });
    repository.refresh();
    const again = record(await repository.index(), 'trained/a_v1.onnx');
    expect(await codeOf(repository.open(again, opening()))).toBe('no error');
  });
});
