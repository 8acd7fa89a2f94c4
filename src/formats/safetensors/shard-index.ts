import { FormatError } from '../../errors/format-error.ts';
import { parseHeaderJson } from './header-json.ts';
import { badSafetensors } from './safetensors-problem.ts';

/** The file that names the shard of each tensor, `model.safetensors.index.json`. */
export interface ShardIndex {
  /** Tensor name to file name, in the order of the file. */
  readonly files: ReadonlyMap<string, string>;
  /** What stands under `metadata`, as far as it is text or a number. */
  readonly metadata: ReadonlyMap<string, string>;
}

const BEGINNING = 1 << 16;

/** Whether the bytes are such an index, and of safetensors files. */
export function looksLikeShardIndex(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.subarray(0, BEGINNING)).toString('latin1');
  return /^\s*\{/.test(text) && text.includes('"weight_map"') && text.includes('.safetensors"');
}

/** @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT` */
export function readShardIndex(bytes: Uint8Array, maxTensors: number): ShardIndex {
  const root = parseHeaderJson(Buffer.from(bytes).toString('utf8'));
  const map = root instanceof Map ? (root as ReadonlyMap<string, unknown>).get('weight_map') : undefined;
  if (!(map instanceof Map)) throw badSafetensors('the index has no weight_map');
  if (map.size > maxTensors) {
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `the index names ${map.size} tensors, the limit is ${maxTensors} (limits.maxElements)`,
    );
  }
  const files = new Map<string, string>();
  for (const [name, file] of map as ReadonlyMap<string, unknown>) {
    if (typeof file !== 'string' || !file.endsWith('.safetensors')) {
      throw badSafetensors(`the index names no .safetensors file for ${JSON.stringify(name.slice(0, 200))}`);
    }
    files.set(name, file);
  }
  const stated = (root as ReadonlyMap<string, unknown>).get('metadata');
  const metadata = new Map<string, string>();
  for (const [key, value] of stated instanceof Map ? (stated as ReadonlyMap<string, unknown>) : []) {
    if (typeof value === 'string' || typeof value === 'number') metadata.set(key, String(value));
  }
  return { files, metadata };
}
