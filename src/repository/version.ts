import semverCompare from 'semver/functions/compare.js';
import semverParse from 'semver/functions/parse.js';
import semverSatisfies from 'semver/functions/satisfies.js';
import semverValidRange from 'semver/ranges/valid.js';

/**
 * The full version that a label stands for: `v1` is `1.0.0`, `v1.2` is `1.2.0`, `v1.2.3-rc.1` is
 * `1.2.3-rc.1`. `undefined` for what is no version.
 */
export function versionOf(label: string): string | undefined {
  const match = /^v?(\d{1,15})(?:\.(\d{1,15}))?(?:\.(\d{1,15}))?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/i.exec(
    label.trim(),
  );
  if (match === null) return undefined;
  const [, major = '0', minor = '0', patch = '0', preRelease = ''] = match;
  return semverParse(`${Number(major)}.${Number(minor)}.${Number(patch)}${preRelease}`)?.version;
}

/** Numeric order, pre-releases before their release; no version at all comes first. */
export function compareVersions(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return semverCompare(a, b);
}

/** Whether a version is a pre-release such as `2.0.0-rc.1`. */
export function isPreRelease(version: string | undefined): boolean {
  return version !== undefined && version.includes('-');
}

/** A test for versions, made from what a caller asks for. */
export interface VersionRequest {
  /** For messages: `v1`, `the latest release`, ... */
  readonly description: string;
  /** Labels written exactly so win over every other match. */
  readonly label: string | undefined;
  matches(version: string | undefined): boolean;
}

/**
 * Reads a request: `latest`; a label or version prefix (`v1` means 1.x.y, `v1.2` means 1.2.y); a full
 * version; a semver range. `undefined` for what is none of these.
 */
export function parseRequest(text: string): VersionRequest | undefined {
  const asked = text.trim();
  if (asked === 'latest') {
    return { description: 'the latest release', label: undefined, matches: (version) => !isPreRelease(version) };
  }
  const prefix = /^v?(\d{1,15})(?:\.(\d{1,15}))?$/i.exec(asked);
  if (prefix !== null) {
    const [, major, minor] = prefix;
    const wanted = minor === undefined ? `${Number(major)}.` : `${Number(major)}.${Number(minor)}.`;
    return {
      description: `the highest ${wanted}${minor === undefined ? 'x.y' : 'x'}`,
      label: asked,
      matches: (version) => version !== undefined && !isPreRelease(version) && version.startsWith(wanted),
    };
  }
  const exact = versionOf(asked);
  if (exact !== undefined) return { description: exact, label: asked, matches: (version) => version === exact };
  const range = semverValidRange(asked);
  if (range === null || asked === '') return undefined;
  return {
    description: `the highest in ${asked}`,
    label: undefined,
    matches: (version) => version !== undefined && semverSatisfies(version, range),
  };
}
