import type { ModelLoader } from './model-loader.ts';

/** What is known of a loader before its code is imported. */
export type LoaderDescriptor = Pick<
  ModelLoader,
  'name' | 'formats' | 'detect' | 'detectSlices' | 'dependencies' | 'capabilities' | 'specVersion' | 'module'
>;

/** A loader that is part of the package: light to know, imported on first use. */
export interface BuiltinLoader {
  readonly descriptor: LoaderDescriptor;
  readonly import: () => Promise<ModelLoader>;
}
