import { describe } from '../../data/rows.ts';
import type { TfjsChoice } from '../../engines/tfjs-import.ts';
import { ConfigurationError } from '../../errors/configuration-error.ts';

/** What computes a model of TensorFlow.js: onnxruntime unless TensorFlow.js itself is asked for. */
export interface SplitEngine {
  /** Set where TensorFlow.js shall compute. */
  readonly tfjs: TfjsChoice | undefined;
  /** Options for onnxruntime. */
  readonly onnxruntime: Readonly<Record<string, unknown>>;
}

const CHOICES: ReadonlyMap<unknown, TfjsChoice> = new Map<unknown, TfjsChoice>([
  ['tfjs', 'auto'],
  ['tfjs-node', 'tfjs-node'],
  ['tfjs-wasm', 'tfjs-wasm'],
]);

/**
 * Options of the loader: `loaderOptions: { tfjs: { engine } }` with `tfjs`, `tfjs-node` or `tfjs-wasm`; anything else
 * goes to onnxruntime.
 *
 * @throws `ML_OPTIONS_INVALID` for options that TensorFlow.js does not take
 */
export function splitEngine(options: Readonly<Record<string, unknown>>): SplitEngine {
  const tfjs = CHOICES.get(options['engine']);
  if (tfjs === undefined) return { tfjs, onnxruntime: options };
  const other = Object.keys(options).find((key) => key !== 'engine');
  if (other === undefined) return { tfjs, onnxruntime: {} };
  throw new ConfigurationError(
    'ML_OPTIONS_INVALID',
    `options.loaderOptions.tfjs.${other} must be absent where TensorFlow.js computes; got ${describe(options[other])}`,
    { details: { option: other } },
  );
}
