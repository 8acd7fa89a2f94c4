import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The library's defaults. */
export const LIMITS = { maxNesting: 64, maxElements: 5_000_000, maxModelBytes: 4 * 2 ** 30 } as const;

/** An ONNX file of the repository, or of a folder beside it. */
export interface OnnxFile {
  /** Relative to the repository. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Every `.onnx` file below a folder, given relative to the repository; none, and a message, where it is absent. */
export function onnxFiles(folder: string): readonly OnnxFile[] {
  const path = join(root, folder);
  if (!existsSync(path)) {
    console.warn(`skipped: ${folder} is not here`);
    return [];
  }
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.onnx'))
    .sort()
    .map((name) => ({ name: `${folder}/${name}`, bytes: readFileSync(join(path, name)) }));
}

/** Files that are valid; the broken ones of the fixtures are apart. */
export function validFiles(): readonly OnnxFile[] {
  return ['test/fixtures/onnx', 'models/trained', '../shared/corpus/onnx__onnx', '../shared/corpus/onnx__sklearn-onnx']
    .flatMap(onnxFiles)
    .filter(({ name }) => !name.includes('/broken/'));
}

/** Bytes of a file of the fixtures. */
export function fixture(name: string): Uint8Array {
  return readFileSync(join(root, 'test/fixtures/onnx', name));
}
