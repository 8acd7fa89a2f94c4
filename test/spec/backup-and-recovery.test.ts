// The contract's section on backup and recovery, line by line.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backupModels, publishModel, restoreModels } from '../../src/index.ts';
import {
  copy,
  layOut,
  MODELS,
  readJson,
  registryOf,
  ROOT,
  samplesOf,
  sha256Of,
  temporaryFolder,
  trained,
} from './spec-fixture.ts';

const FILE = 'trained/fraud_detector_v1_20240101.pkl';
const SOURCE = join(MODELS, FILE);

describe('Backup and Recovery', () => {
  it('Regularly backup trained models', async () => {
    const modelsDir = layOut({ 'README.md': '# Models' });
    await publishModel(SOURCE, { modelsDir, load: false });
    const backups = join(temporaryFolder(), 'backups');
    expect(await backupModels({ modelsDir, to: backups })).toMatchObject({ models: 1, verified: 1 });
    // The next one adds only what is new.
    expect(await backupModels({ modelsDir, to: backups })).toMatchObject({ newBlobs: 0 });
    rmSync(modelsDir, { recursive: true });
    await restoreModels({ modelsDir, from: backups });
    expect(sha256Of(join(modelsDir, FILE))).toBe(sha256Of(SOURCE));
    const { rows, expected } = samplesOf('fraud_detector_v1_20240101.python');
    const registry = registryOf(modelsDir, { verification: 'require' });
    expect(await registry.model('fraud_detector').predict(rows)).toEqual(expected['predict']);
  });

  it('Store models in version control (Git LFS for large files)', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 123456\n`;
    const modelsDir = layOut({ [FILE]: pointer });
    const refused = { code: 'ML_ARTEFACT_LFS_POINTER', message: expect.stringContaining('git lfs pull') as string };
    await expect(registryOf(modelsDir).load('fraud_detector')).rejects.toMatchObject(refused);
    await expect(publishModel(join(modelsDir, FILE), { modelsDir, name: 'other' })).rejects.toMatchObject({
      code: 'ML_ARTEFACT_LFS_POINTER',
    });
    // Models are in this repository's own version control, with the lines for Git LFS ready to be used.
    expect(readFileSync(join(ROOT, '.gitattributes'), 'utf8')).toContain('models/trained/** filter=lfs');
  });

  it('Maintain model training scripts for reproducibility', async () => {
    // What they make is compared with what is committed by `npm run check:training`.
    const scripts = readdirSync(join(MODELS, 'training')).filter((name) => name.endsWith('.py'));
    expect(scripts).toEqual(expect.arrayContaining(['fraud.py', 'tumor.py', 'diabetes.py', 'digits.py']));
    expect(readJson('package.json')).toMatchObject({
      scripts: { 'check:training': 'node scripts/check-training.mjs' },
    });
    const modelsDir = layOut({ 'README.md': '# Models' });
    const trainingScript = join(MODELS, 'training', 'fraud.py');
    await publishModel(SOURCE, { modelsDir, load: false, trainingScript });
    const kept = 'training/fraud_detector_v1_20240101/fraud.py';
    expect(sha256Of(join(modelsDir, kept))).toBe(sha256Of(trainingScript));
    const { metadata } = await registryOf(modelsDir).resolve('fraud_detector');
    expect(metadata?.extra['training']).toEqual({ script: kept, checksum: `sha256:${sha256Of(trainingScript)}` });
    // A backup keeps it beside its model.
    const backups = join(temporaryFolder(), 'backups');
    await backupModels({ modelsDir, to: backups });
    const target = join(temporaryFolder(), 'models');
    await restoreModels({ modelsDir: target, from: backups, only: ['fraud_detector@v1'] });
    expect(existsSync(join(target, kept))).toBe(true);
  });

  it('Document model dependencies and requirements', async () => {
    const modelsDir = layOut({ 'README.md': '# Models' });
    const { metadata } = await publishModel(join(MODELS, 'trained/fraud_detector_v2_20240301.joblib'), {
      modelsDir,
      load: false,
    });
    expect(metadata.framework_version).toBe('1.7.2');
    expect(metadata.extra['requirements']).toEqual(['joblib', 'numpy', 'scikit-learn==1.7.2']);
    // Those of the sample models say the same as what they were trained with.
    const pinned = readFileSync(join(MODELS, 'training', 'requirements.txt'), 'utf8').split('\n');
    const records = await registryOf(
      layOut({
        [FILE]: trained('fraud_detector_v1_20240101.pkl'),
        'metadata/fraud_detector_v1_20240101.json': copy('models/metadata/fraud_detector_v1_20240101.json'),
      }),
    ).models();
    expect(pinned).toContain(`scikit-learn==${records[0]?.metadata?.framework_version}`);
  });
});
