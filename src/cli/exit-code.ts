/** What the process tells its caller; documented in `docs/cli.md`. */
export const EXIT = {
  ok: 0,
  /** The command worked, and what it looked at is not as it should be. */
  failed: 1,
  /** An unknown command or option, a missing argument, a value that cannot be used. */
  usage: 2,
  /** The command could not do its work. */
  error: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
