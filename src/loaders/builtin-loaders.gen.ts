// Written by scripts/gen-loaders.mjs from the folders beside this file; do not edit.
import type { BuiltinLoader } from '../spec/loader-descriptor.ts';
import { descriptor as catboost } from './catboost/catboost-format.ts';
import { descriptor as lightgbm } from './lightgbm/lightgbm-format.ts';
import { descriptor as onnx } from './onnx/onnx-format.ts';
import { descriptor as pickle } from './pickle/pickle-format.ts';
import { descriptor as safetensors } from './safetensors/safetensors-format.ts';
import { descriptor as torch } from './torch/torch-format.ts';
import { descriptor as xgboost } from './xgboost/xgboost-format.ts';

/** The loaders that are part of the package; each one is imported when a file first needs it. */
export const BUILTIN_LOADERS: readonly BuiltinLoader[] = [
  { descriptor: catboost, import: async () => (await import('./catboost/catboost-loader.ts')).loader },
  { descriptor: lightgbm, import: async () => (await import('./lightgbm/lightgbm-loader.ts')).loader },
  { descriptor: onnx, import: async () => (await import('./onnx/onnx-loader.ts')).loader },
  { descriptor: pickle, import: async () => (await import('./pickle/pickle-loader.ts')).loader },
  { descriptor: safetensors, import: async () => (await import('./safetensors/safetensors-loader.ts')).loader },
  { descriptor: torch, import: async () => (await import('./torch/torch-loader.ts')).loader },
  { descriptor: xgboost, import: async () => (await import('./xgboost/xgboost-loader.ts')).loader },
];
