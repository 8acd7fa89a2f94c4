import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'vitest';
import { DirectoryRepository } from '../../src/repository/directory-repository.ts';
import { DEFAULT_LIMITS } from '../../src/service/registry-config.ts';
import { repositoryContract } from '../../src/testing/index.ts';

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

/** A models directory on disk keeps the contract that a user's own repository is held to. */
repositoryContract(
  { describe, it },
  {
    async repository() {
      const folder = await mkdtemp(join(tmpdir(), 'contract-'));
      folders.push(folder);
      await mkdir(join(folder, 'trained'));
      await mkdir(join(folder, 'preprocessing'));
      await writeFile(join(folder, 'trained/fraud_detector_v1_20240101.mock'), 'first');
      await writeFile(join(folder, 'preprocessing/scaler.mock'), 'scaler');
      return new DirectoryRepository(folder, { limits: DEFAULT_LIMITS });
    },
    expected: [
      { area: 'trained', name: 'fraud_detector', label: 'v1', bytes: Buffer.from('first') },
      { area: 'preprocessing', name: 'scaler', bytes: Buffer.from('scaler') },
    ],
    async change() {
      const folder = folders.at(-1) as string;
      await writeFile(join(folder, 'part'), 'second');
      await rename(join(folder, 'part'), join(folder, 'trained/fraud_detector_v2_20240201.mock'));
    },
  },
);
