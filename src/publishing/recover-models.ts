import { configure } from '../service/registry-config.ts';
import type { RegistryOptions } from '../service/registry-options.ts';
import { undoLeftChange } from './change-models.ts';

/** Options of `recoverModels`. */
export interface RecoverOptions extends Pick<RegistryOptions, 'modelsDir'> {
  /** Milliseconds to wait for another process that is changing the directory. Default 120,000. */
  readonly lockTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What was undone. */
export interface Recovered {
  /** Absolute. */
  readonly modelsDir: string;
  /** Files that the interrupted change concerned; empty where there was none. */
  readonly undone: readonly string[];
}

/** See `recoverModels` in `lazy.ts`. */
export async function recoverModels(options: RecoverOptions = {}): Promise<Recovered> {
  const { modelsDir } = configure(options.modelsDir === undefined ? {} : { modelsDir: options.modelsDir });
  const { signal = new AbortController().signal, lockTimeoutMs } = options;
  return { modelsDir, undone: await undoLeftChange(modelsDir, { signal, lockTimeoutMs }) };
}
