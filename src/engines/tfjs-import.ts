import { LoaderError } from '../errors/loader-error.ts';
import type { TfModule } from './tfjs-api.ts';

/** What computes: TensorFlow's own library, or the backend in WebAssembly. */
export type TfjsEngine = 'tfjs-node' | 'tfjs-wasm';

/** Which engine to use; `auto` takes the native one where it is installed and works. */
export type TfjsChoice = TfjsEngine | 'auto';

/** TensorFlow.js, imported and ready. */
export interface TfjsRuntime {
  readonly name: TfjsEngine;
  /** Version of the package, e.g. `4.22.0`. */
  readonly version: string;
  readonly tf: TfModule;
}

/** How each engine is imported; tests give their own. */
export type TfjsImporters = Readonly<Record<TfjsEngine, () => Promise<unknown>>>;

const packages: TfjsImporters = {
  'tfjs-node': () => import('@tensorflow/tfjs-node'),
  'tfjs-wasm': importWasm,
};

/** Four packages that together are what `@tensorflow/tfjs-node` is alone. Their exports do not overlap. */
async function importWasm(): Promise<unknown> {
  const [core, layers, converter] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('@tensorflow/tfjs-layers'),
    import('@tensorflow/tfjs-converter'),
    import('@tensorflow/tfjs-backend-wasm'),
  ]);
  const tf = unwrap(core) as TfModule;
  await tf.setBackend('wasm');
  await tf.ready();
  return {
    ...tf,
    loadGraphModel: (unwrap(converter) as TfModule).loadGraphModel,
    loadLayersModel: (unwrap(layers) as TfModule).loadLayersModel,
  };
}

const INSTALL =
  'run `npm install @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-converter @tensorflow/tfjs-backend-wasm`, ' +
  'or `npm install @tensorflow/tfjs-node` where its binary can be had (docs/loaders/tfjs.md)';

/**
 * Imports TensorFlow.js. It keeps its tensors in one engine per process, which is why all models
 * share one module.
 *
 * @throws `ML_LOADER_DEPENDENCY_MISSING` when it cannot be imported, with each package's reason
 */
export async function importTfjs(
  choice: TfjsChoice = 'auto',
  importers: TfjsImporters = packages,
): Promise<TfjsRuntime> {
  const names: readonly TfjsEngine[] = choice === 'auto' ? ['tfjs-node', 'tfjs-wasm'] : [choice];
  const reasons: string[] = [];
  for (const name of names) {
    try {
      const tf = unwrap(await importers[name]());
      if (isTfModule(tf)) return { name, version: tf.version_core, tf };
      reasons.push(`${name}: its exports are not those of TensorFlow.js`);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      reasons.push(`${name}: ${text.split('\n', 1)[0]}`);
    }
  }
  throw new LoaderError(
    'ML_LOADER_DEPENDENCY_MISSING',
    `this model needs TensorFlow.js, which cannot be imported (${reasons.join('; ')}); ${INSTALL}`,
    { details: { engines: names, reasons } },
  );
}

/** The exports of a CommonJS package may stand under `default` alone. */
function unwrap(module: unknown): unknown {
  if (typeof module !== 'object' || module === null) return module;
  return 'version_core' in module || 'loadGraphModel' in module || !('default' in module) ? module : module.default;
}

function isTfModule(value: unknown): value is TfModule {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version_core' in value &&
    'tensor' in value &&
    'loadGraphModel' in value &&
    'loadLayersModel' in value
  );
}
