// Models directories of real files for the tests of the contract.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { MLServiceRegistry, type RegistryOptions, type TensorLike } from '../../src/index.ts';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
export const MODELS: string = join(ROOT, 'models');
/** The contract itself and files that are not committed; absent in a plain clone. */
export const SHARED: string = join(ROOT, '..', 'shared');

/** A file or folder to copy, named from the repository's root. */
export class Copy {
  readonly from: string;
  constructor(from: string) {
    this.from = from;
  }
}

export const copy = (from: string): Copy => new Copy(from);
export const trained = (name: string): Copy => copy(`models/trained/${name}`);

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'base-ml-service-spec-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A models directory with these files: copies, bytes, text, or objects, which are written as JSON. */
export function layOut(files: Readonly<Record<string, Copy | Uint8Array | string | object>>): string {
  const modelsDir = join(temporaryFolder(), 'models');
  mkdirSync(modelsDir);
  for (const [id, content] of Object.entries(files)) put(join(modelsDir, id), content);
  return modelsDir;
}

export function put(path: string, content: Copy | Uint8Array | string | object): void {
  mkdirSync(dirname(path), { recursive: true });
  if (content instanceof Copy) cpSync(join(ROOT, content.from), path, { recursive: true });
  else if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(path, content);
  else writeFileSync(path, JSON.stringify(content));
}

/** A registry that knows no environment, closed after the test. */
export function registryOf(modelsDir: string, options: RegistryOptions = {}): MLServiceRegistry {
  const registry = new MLServiceRegistry({ modelsDir, env: {}, ...options });
  onTestFinished(() => registry.close());
  return registry;
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

interface Table {
  readonly columns: readonly string[];
  readonly data: readonly unknown[][];
}
interface Samples {
  readonly input: Table | readonly unknown[];
  readonly expected: Readonly<Record<string, readonly unknown[]>>;
}

/** The first rows of a sample model, and what Python answered. */
export function samplesOf(name: string, count = 3): { rows: never[]; expected: Record<string, unknown[]> } {
  const { input, expected } = readJson(`models/samples/${name}.json`) as Samples;
  const rows = 'columns' in input ? recordsOf(input) : input;
  return {
    // Each model takes rows of its own kind: records, arrays, texts.
    rows: rows.slice(0, count) as never[],
    expected: Object.fromEntries(Object.entries(expected).map(([what, answers]) => [what, answers.slice(0, count)])),
  };
}

function recordsOf({ columns, data }: Table): object[] {
  return data.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export function float32({ shape, data }: Omit<NamedTensor, 'name'>): TensorLike {
  return { dtype: 'float32', shape, data: Float32Array.from(data) };
}

/** The largest difference between the numbers of two answers, which must be as many. */
export function furthest(got: ArrayLike<unknown> | undefined, want: readonly unknown[]): number {
  if (got?.length !== want.length) throw new Error(`${got?.length} numbers, not ${want.length}`);
  return Math.max(...want.map((value, i) => Math.abs(Number(got[i]) - Number(value))));
}
