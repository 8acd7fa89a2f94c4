/** A scikit-learn version as far as layouts depend on it. */
export interface SklearnVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Reads `1.4.2`, `0.23.2`, `1.9.dev0`; `undefined` for anything else. */
export function parseSklearnVersion(text: string): SklearnVersion | undefined {
  const match = /^(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : { text, major: Number(match[1]), minor: Number(match[2]) };
}

/** Whether a version is at least `major.minor`; an unknown version counts as the oldest. */
export function atLeast(version: SklearnVersion | undefined, major: number, minor: number): boolean {
  if (version === undefined) return false;
  return version.major > major || (version.major === major && version.minor >= minor);
}

/** The newest scikit-learn whose files the library was tested with. */
export const NEWEST_TESTED: SklearnVersion = { text: '1.9', major: 1, minor: 9 };

/** Whether a version is newer than any that was tested. */
export function isNewerThanTested(version: SklearnVersion): boolean {
  return atLeast(version, NEWEST_TESTED.major, NEWEST_TESTED.minor + 1);
}
