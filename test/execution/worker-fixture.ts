import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LoadModelOptions, loadModel, type Model, type ModelLoader } from '../../src/index.ts';
// @ts-expect-error a plain module, as workers import it
import { loader } from './loaders/script-loader.mjs';

/** Workers run the built package. */
export const BUILT: boolean = existsSync(fileURLToPath(new URL('../../dist/worker.js', import.meta.url)));

export const scriptLoader = loader as ModelLoader;

/** What a model of the script loader does; see there. */
export type Script = Readonly<Record<string, unknown>>;

export function scriptBytes(script: Script): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(script));
}

/** Loads a model that does what the script says. */
export function loadScript(
  script: Script,
  place: 'inline' | 'thread' | 'process',
  options: LoadModelOptions = {},
): Promise<Model<unknown>> {
  return loadModel<unknown>(
    { bytes: scriptBytes(script), name: 'm.script' },
    { loaders: [scriptLoader], ...options, execution: { place, restartMs: 1, ...options.execution } },
  );
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
