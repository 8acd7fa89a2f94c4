// Written by scripts/gen-loaders.mjs from the folders beside this file; do not edit.
import type { BuiltinLoader } from '../spec/loader-descriptor.ts';
import { descriptor as onnx } from './onnx/onnx-format.ts';
import { descriptor as pickle } from './pickle/pickle-format.ts';

/** The loaders that are part of the package; each one is imported when a file first needs it. */
export const BUILTIN_LOADERS: readonly BuiltinLoader[] = [
  { descriptor: onnx, import: async () => (await import('./onnx/onnx-loader.ts')).loader },
  { descriptor: pickle, import: async () => (await import('./pickle/pickle-loader.ts')).loader },
];
