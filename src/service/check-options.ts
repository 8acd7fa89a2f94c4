import { ConfigurationError } from '../errors/configuration-error.ts';
import type { Shape } from '../internal/shape.ts';

/** @throws `ML_OPTIONS_INVALID` for the first thing that is wrong, its message starting `options.<path> must be` */
export function checkOptions(shape: Shape, options: unknown): void {
  const issue = shape(options);
  if (issue === undefined) return;
  const path = ['options', ...issue.path].join('.');
  let value = options;
  for (const key of issue.path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  const must = issue.must === undefined ? 'absent: there is no such option' : `${issue.must}, got ${show(value)}`;
  throw new ConfigurationError('ML_OPTIONS_INVALID', `${path} must be ${must}`, { details: { path, value } });
}

/** A value in a message: JSON where it has any. */
function show(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}
