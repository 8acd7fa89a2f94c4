import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelMetadata, ModelSamples } from '../../../src/spec/metadata.ts';

const MODELS = fileURLToPath(new URL('../../../models/', import.meta.url));

/** Rows and what scikit-learn answered, of one of the models of this repository. */
export async function sampleOf(file: string): Promise<ModelSamples> {
  const { input, expected } = JSON.parse(await readFile(join(MODELS, 'samples', file), 'utf8'));
  return { rows: Array.isArray(input) ? input : input.data, ...expected };
}

/** One version of the model `fraud`, as a file of this repository. */
export interface RealVersion {
  /** In `models/`, e.g. `trained/fraud_detector_v1_20240101.onnx`. */
  readonly file: string;
  readonly samples?: ModelSamples;
  readonly metadata?: Partial<ModelMetadata>;
  /** Changes the bytes after the checksum was taken. */
  readonly damaged?: boolean;
}

/** A models directory with versions of the model `fraud`, each with its checksum. The caller removes it. */
export async function modelsDirectory(versions: Readonly<Record<string, RealVersion>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'swap-'));
  await mkdir(join(root, 'trained'));
  await mkdir(join(root, 'metadata'));
  for (const [version, one] of Object.entries(versions)) {
    const source = join(MODELS, one.file);
    const name = `fraud_${version}_20240101${one.file.slice(one.file.lastIndexOf('.'))}`;
    const target = join(root, 'trained', name);
    const bytes = await readFile(source);
    await cp(source, target);
    if (one.damaged === true)
      await writeFile(
        target,
        bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte)),
      );
    const checksum = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const metadata = {
      name: 'fraud',
      version,
      file_path: `trained/${name}`,
      checksum,
      samples: one.samples,
      ...one.metadata,
    };
    await writeFile(join(root, 'metadata', `fraud_${version}.json`), JSON.stringify(metadata));
  }
  return root;
}
