import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SidecarError } from '../errors/sidecar-error.ts';
import { pythonHome } from './python-home.ts';

/** The runtime that serves converted models. */
export interface Runtime {
  /** Address to import. */
  readonly url: string;
  readonly version: string;
}

/** @throws `ML_SIDECAR_SETUP` where the runtime is not installed: what it would serve cannot be verified */
export function runtimeAtHand(): Runtime {
  try {
    const require = createRequire(join(pythonHome(), 'run_graph.mjs'));
    const file = require.resolve('onnxruntime-node');
    const manifest = JSON.parse(readFileSync(join(dirname(file), '..', 'package.json'), 'utf8')) as { version: string };
    return { url: pathToFileURL(file).href, version: manifest.version };
  } catch (error) {
    throw new SidecarError(
      'ML_SIDECAR_SETUP',
      'a conversion is verified with onnxruntime-node, which is not installed; npm install onnxruntime-node --ignore-scripts',
      { cause: error },
    );
  }
}
