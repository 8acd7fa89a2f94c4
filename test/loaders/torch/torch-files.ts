// What the files in test/fixtures/torch hold, as PyTorch tells (test/reference/torch/generate.py).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const FOLDER: string = fileURLToPath(new URL('../../fixtures/torch/', import.meta.url));

interface Expected {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly sha256?: string;
  readonly values?: readonly (string | number)[] | null;
}

export interface TorchFixture {
  readonly name: string;
  readonly path: string;
  readonly tensors: Readonly<Record<string, Expected>>;
  readonly unreadable: readonly string[];
}

export function torchFixtures(): TorchFixture[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const name = file.slice(0, -'.json'.length);
      const about = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Pick<
        TorchFixture,
        'tensors' | 'unreadable'
      >;
      return { name, path: join(FOLDER, `${name}.pth`), ...about };
    });
}
