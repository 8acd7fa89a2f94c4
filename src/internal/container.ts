import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';

/** Reads a small text file; `undefined` where there is none. */
export type ReadText = (path: string) => string | undefined;

/** What this process may use of the machine. */
export interface Container {
  /** Bytes of memory: of the control group where it has less than the machine. */
  readonly memoryLimit: number;
  /** Whole processors, at least 1. */
  readonly processors: number;
  /**
   * Bytes of the limit that are in use now, without files that the system may drop from its cache; `undefined` where
   * the system does not tell that apart.
   */
  memoryUsed(): number | undefined;
}

const ROOT = '/sys/fs/cgroup';

/** The control group of this process, version 1 or 2, else the machine. */
export function readContainer(read: ReadText = readText): Container {
  const groups = (read('/proc/self/cgroup') ?? '').split('\n').map((line) => line.split(':'));
  const unified = groups.find(([id, controllers]) => id === '0' && controllers === '')?.[2];
  const group = (controller: string): string | undefined =>
    groups.find(([, controllers]) => controllers?.split(',').includes(controller))?.[2];
  const memory =
    unified !== undefined && group('memory') === undefined
      ? memoryOf(read, foldersOf(ROOT, unified), V2)
      : memoryOf(read, foldersOf(`${ROOT}/memory`, group('memory') ?? '/'), V1);
  const cpus =
    quotaV2(read, foldersOf(ROOT, unified ?? '/')) ?? quotaV1(read, foldersOf(`${ROOT}/cpu`, group('cpu') ?? '/'));
  const limited = memory !== undefined && memory.limit < totalmem();
  return {
    memoryLimit: limited ? memory.limit : totalmem(),
    processors: Math.max(1, Math.min(availableParallelism(), Math.floor(cpus ?? Number.POSITIVE_INFINITY))),
    memoryUsed: () => (limited ? memory.used() : process.platform === 'linux' ? totalmem() - freemem() : undefined),
  };
}

interface MemoryFiles {
  readonly limit: string;
  readonly used: string;
  readonly droppable: RegExp;
}

const V2: MemoryFiles = { limit: 'memory.max', used: 'memory.current', droppable: /^inactive_file (\d+)$/m };
const V1: MemoryFiles = {
  limit: 'memory.limit_in_bytes',
  used: 'memory.usage_in_bytes',
  droppable: /^total_inactive_file (\d+)$/m,
};

/** A group's folder and those around it; in a container the path may be the host's, and only the root is there. */
function foldersOf(root: string, path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  return Array.from({ length: parts.length + 1 }, (_, i) => [root, ...parts.slice(0, parts.length - i)].join('/'));
}

/** The smallest limit of the groups around this process. */
function memoryOf(
  read: ReadText,
  folders: readonly string[],
  files: MemoryFiles,
): { readonly limit: number; readonly used: () => number } | undefined {
  let best: { readonly limit: number; readonly folder: string } | undefined;
  for (const folder of folders) {
    const limit = numberIn(read(`${folder}/${files.limit}`));
    if (limit !== undefined && (best === undefined || limit < best.limit)) best = { limit, folder };
  }
  if (best === undefined) return undefined;
  const { limit, folder } = best;
  return {
    limit,
    used() {
      const droppable = files.droppable.exec(read(`${folder}/memory.stat`) ?? '')?.[1];
      return Math.max(0, (numberIn(read(`${folder}/${files.used}`)) ?? 0) - Number(droppable ?? 0));
    },
  };
}

function quotaV2(read: ReadText, folders: readonly string[]): number | undefined {
  return smallest(folders, (folder) => {
    const [quota, period] = (read(`${folder}/cpu.max`) ?? '').trim().split(/\s+/);
    return ratio(numberIn(quota), numberIn(period));
  });
}

function quotaV1(read: ReadText, folders: readonly string[]): number | undefined {
  return smallest(folders, (folder) =>
    ratio(numberIn(read(`${folder}/cpu.cfs_quota_us`)), numberIn(read(`${folder}/cpu.cfs_period_us`))),
  );
}

function smallest(folders: readonly string[], of: (folder: string) => number | undefined): number | undefined {
  const values = folders.map(of).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : Math.min(...values);
}

function ratio(quota: number | undefined, period: number | undefined): number | undefined {
  return quota === undefined || period === undefined || quota <= 0 || period <= 0 ? undefined : quota / period;
}

/** `max` and what stands for no limit are no numbers. */
function numberIn(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  return /^\d+$/.test(trimmed) ? Number(trimmed) : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
