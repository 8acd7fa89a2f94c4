/**
 * `require` refuses to work without every layer that is set from inside, `best-effort` (default) takes those there are, `off`
 * sets none. Neither asks for bubblewrap.
 */
export type SandboxMode = 'require' | 'best-effort' | 'off';

/** A wall that the worker sets around itself before it reads the model. */
export type SandboxLayer = 'limits' | 'no-new-privileges' | 'landlock' | 'seccomp';

/** How the worker is closed in. */
export interface SandboxPolicy {
  readonly mode: SandboxMode;
  /** Address space in bytes. Default 8 GiB. */
  readonly memoryBytes: number;
  /** Processor seconds. Default: as many as the wall time has. */
  readonly cpuSeconds: number;
  readonly layers: readonly SandboxLayer[];
}

/** Which layers hold, and why the others do not. */
export interface SandboxReport {
  readonly mode: SandboxMode;
  readonly layers: readonly string[];
  readonly missing: Readonly<Record<string, string>>;
}

/**
 * The walls from inside. The outer one is not among them: it depends on a program that few machines have, and what it
 * keeps out these keep out too.
 */
export const ALL_LAYERS: readonly SandboxLayer[] = ['limits', 'no-new-privileges', 'landlock', 'seccomp'];

/** The policy of a mode. */
export function sandboxPolicy(
  mode: SandboxMode,
  { memoryBytes = 8 * 2 ** 30, timeoutMs }: { readonly memoryBytes?: number | undefined; readonly timeoutMs: number },
): SandboxPolicy {
  const cpuSeconds = Math.ceil(timeoutMs / 1000);
  return { mode, memoryBytes, cpuSeconds, layers: mode === 'off' ? [] : ALL_LAYERS };
}
