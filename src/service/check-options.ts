import * as z from 'zod/mini';
import { ConfigurationError } from '../errors/configuration-error.ts';

/** @throws `ML_OPTIONS_INVALID` for the first thing that is wrong, its message starting `options.<path> must be` */
export function checkOptions(schema: z.ZodMiniType, options: unknown): void {
  const { error } = z.safeParse(schema, options);
  const issue = error?.issues[0];
  if (issue === undefined) return;
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const keys = unknownKey === undefined ? issue.path : [...issue.path, unknownKey];
  const path = ['options', ...keys.map(String)].join('.');
  let value = options;
  for (const key of keys) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  const must = unknownKey === undefined ? `${issue.message}, got ${show(value)}` : 'absent: there is no such option';
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
