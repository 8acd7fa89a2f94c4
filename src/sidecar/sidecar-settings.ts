import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigurationError } from '../errors/configuration-error.ts';
import type { SandboxMode } from './sandbox-policy.ts';

/** Options of the sidecar, the Python that converts what has no native way. */
export interface SidecarOptions {
  /**
   * `off` (default): only conversions made ahead are used. `auto`: a file is converted when it is first loaded, and an
   * environment for it is installed where there is none. Default `ML_SIDECAR`.
   */
  readonly mode?: 'off' | 'auto';
  /** Interpreter that has the packages already, in place of an environment of the library's. Default `ML_PYTHON`. */
  readonly python?: string;
  /** Where environments and conversions are kept. Default `ML_CACHE_DIR`, else `~/.cache/base-ml-service`. */
  readonly cacheDir?: string;
  /** Default `best-effort`. */
  readonly sandbox?: SandboxMode;
  /** Milliseconds that one conversion may take. Default 120,000. */
  readonly timeoutMs?: number;
  /** Address space of the Python process in bytes. Default 8 GiB. */
  readonly memoryBytes?: number;
  /** Bytes of all cached conversions together; the oldest go first. Default 4 GiB. */
  readonly maxCacheBytes?: number;
}

/** Options, environment and defaults made one. */
export interface SidecarSettings extends Required<Omit<SidecarOptions, 'python'>> {
  readonly python: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws `ML_ENV_INVALID` */
export function sidecarSettings(options: SidecarOptions, env: Env): SidecarSettings {
  return {
    mode: options.mode ?? modeOf(env),
    python: options.python ?? set(env, 'ML_PYTHON'),
    cacheDir: resolve(options.cacheDir ?? set(env, 'ML_CACHE_DIR') ?? join(homedir(), '.cache', 'base-ml-service')),
    sandbox: options.sandbox ?? 'best-effort',
    timeoutMs: options.timeoutMs ?? 120_000,
    memoryBytes: options.memoryBytes ?? 8 * 2 ** 30,
    maxCacheBytes: options.maxCacheBytes ?? 4 * 2 ** 30,
  };
}

function modeOf(env: Env): 'off' | 'auto' {
  const mode = set(env, 'ML_SIDECAR') ?? 'off';
  if (mode === 'off' || mode === 'auto') return mode;
  throw new ConfigurationError('ML_ENV_INVALID', `ML_SIDECAR must be off or auto, got "${mode}"`, {
    details: { name: 'ML_SIDECAR', value: mode },
  });
}

/** An empty variable counts as unset. */
function set(env: Env, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}
