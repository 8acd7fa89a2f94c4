import type { BuiltinLoader } from '../spec/loader-descriptor.ts';

export const BUILTIN_LOADERS: readonly BuiltinLoader[] = [];
