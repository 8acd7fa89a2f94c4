import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type PruneOptions, pruneModels, publishModel } from '../../src/index.ts';
import { emptyModels, everythingIn, FIRST, MODELS, SECOND, TWO_FILES, whatLoads } from './fixture.ts';

/** `tumor` in five versions, a release candidate after the newest, and another model. */
async function manyVersions(): Promise<string> {
  const modelsDir = await emptyModels();
  for (const [i, version] of ['1.0.0', '1.1.0', '2.0.0', '2.1.0', '3.0.0', '4.0.0-rc.1'].entries())
    await publishModel(i % 2 === 0 ? FIRST : SECOND, {
      modelsDir,
      name: 'tumor',
      version,
      date: `2024010${i + 1}`,
      load: false,
      trainingScript: join(MODELS, 'training', 'tumor.py'),
    });
  await publishModel(TWO_FILES, { modelsDir, name: 'graph', version: 'v1', date: '20240101' });
  return modelsDir;
}

async function going(options: PruneOptions): Promise<string[]> {
  const { releases } = await pruneModels({ env: {}, ...options });
  return releases.filter(({ removed }) => removed).map(({ name, version }) => `${name}@${version}`);
}

describe('pruneModels', () => {
  it('says what would go and why, and removes nothing unless told to', async () => {
    const modelsDir = await manyVersions();
    const before = await everythingIn(modelsDir);
    const pruned = await pruneModels({ modelsDir, keep: 2, env: {} });
    expect(pruned.dryRun).toBe(true);
    expect(pruned.releases.map(({ name, version, removed, reason }) => [name, version, removed, reason])).toEqual([
      ['graph', '1.0.0', false, 'it is the newest'],
      ['tumor', '4.0.0-rc.1', false, 'it is the newest'],
      ['tumor', '3.0.0', false, 'it is the newest'],
      ['tumor', '2.1.0', true, 'there are 2 newer ones'],
      ['tumor', '2.0.0', true, 'there are 3 newer ones'],
      ['tumor', '1.1.0', true, 'there are 4 newer ones'],
      ['tumor', '1.0.0', true, 'there are 5 newer ones'],
    ]);
    expect(await everythingIn(modelsDir)).toEqual(before);
  });

  it('removes files, metadata and training scripts of old versions, and nothing else', async () => {
    const modelsDir = await manyVersions();
    const before = await whatLoads(modelsDir);
    const pruned = await pruneModels({ modelsDir, keep: 2, apply: true, env: {} });
    expect(pruned.removed).toHaveLength(12);
    const left = await whatLoads(modelsDir);
    expect(Object.keys(left)).toEqual([
      'trained/graph_v1_20240101/model.onnx',
      'trained/tumor_v3.0.0_20240105.pkl',
      'trained/tumor_v4.0.0-rc.1_20240106.pkl',
    ]);
    expect(before).toMatchObject(left);
    const files = Object.keys(await everythingIn(modelsDir)).filter((id) => /^(?:metadata|training)/.test(id));
    expect(files).toEqual([
      'metadata/graph_v1_20240101.json',
      'metadata/tumor_v3.0.0_20240105.json',
      'metadata/tumor_v4.0.0-rc.1_20240106.json',
      'training/tumor_v3.0.0_20240105/tumor.py',
      'training/tumor_v4.0.0-rc.1_20240106/tumor.py',
    ]);
  });

  it('keeps what an alias, an option, the environment or the caller names', async () => {
    const modelsDir = await manyVersions();
    const keep = { modelsDir, keep: 1 };
    expect(await going(keep)).toEqual(['tumor@2.1.0', 'tumor@2.0.0', 'tumor@1.1.0', 'tumor@1.0.0']);
    await writeFile(join(modelsDir, 'metadata', 'aliases.json'), JSON.stringify({ tumor: { champion: '2.0.0' } }));
    expect(await going(keep)).toEqual(['tumor@2.1.0', 'tumor@1.1.0', 'tumor@1.0.0']);
    // `v1` stands for the highest 1.x.y.
    expect(await going({ ...keep, aliases: { tumor: { old: 'v1' } } })).toEqual(['tumor@2.1.0', 'tumor@1.0.0']);
    expect(await going({ ...keep, env: { ML_MODEL_TUMOR_VERSION: '2.1.0' } })).toEqual(['tumor@1.1.0', 'tumor@1.0.0']);
    expect(await going({ ...keep, models: { tumor: { version: '1.0.0' } } })).toEqual(['tumor@2.1.0', 'tumor@1.1.0']);
    expect(await going({ ...keep, protect: ['tumor@1.1.0', 'tumor@v1.0.0'] })).toEqual(['tumor@2.1.0']);
    expect(await going({ ...keep, protect: ['tumor'] })).toEqual([]);
  });

  it('keeps what is not old enough, and looks at one model alone', async () => {
    const modelsDir = await manyVersions();
    const days = (Date.now() - Date.UTC(2024, 0, 3)) / 86_400_000 + 0.01;
    expect(await going({ modelsDir, keep: 1, keepDays: days })).toEqual(['tumor@1.1.0', 'tumor@1.0.0']);
    expect(await going({ modelsDir, keep: 1, name: 'graph' })).toEqual([]);
    expect(await going({ modelsDir, keep: 1, area: 'checkpoints' })).toEqual([]);
    await expect(pruneModels({ modelsDir, keep: 0 })).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
    await expect(pruneModels({ modelsDir, keep: Number.NaN })).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
  });

  it('takes an entry out of metadata that describes others too, and both formats of a version', async () => {
    const modelsDir = await emptyModels();
    await mkdir(join(modelsDir, 'metadata'));
    const entries = [1, 2].map((major) => ({
      name: 'm',
      version: `${major}.0.0`,
      file_path: `trained/m_v${major}.pkl`,
    }));
    for (const { file_path: path } of entries) await writeFile(join(modelsDir, path), await readFile(FIRST));
    await writeFile(join(modelsDir, 'trained', 'm_v1.onnx'), 'the same in another format');
    await writeFile(join(modelsDir, 'metadata', 'model_info.json'), JSON.stringify(entries));
    const pruned = await pruneModels({ modelsDir, keep: 1, apply: true, env: {} });
    expect(pruned.removed).toEqual(['trained/m_v1.onnx', 'trained/m_v1.pkl']);
    expect(pruned.rewritten).toEqual(['metadata/model_info.json']);
    expect(JSON.parse(await readFile(join(modelsDir, 'metadata', 'model_info.json'), 'utf8'))).toEqual([entries[1]]);
  });

  it('asks before it removes', async () => {
    const modelsDir = await manyVersions();
    const before = await whatLoads(modelsDir);
    const asked: unknown[] = [];
    const authorize = (action: unknown): never => {
      asked.push(action);
      throw new Error('not you');
    };
    await expect(pruneModels({ modelsDir, keep: 4, apply: true, env: {}, authorize })).rejects.toThrow('not you');
    expect(asked).toMatchObject([
      {
        action: 'prune',
        models: [
          { name: 'tumor', version: '1.1.0' },
          { name: 'tumor', version: '1.0.0' },
        ],
      },
    ]);
    expect(await whatLoads(modelsDir)).toEqual(before);
  });
});
