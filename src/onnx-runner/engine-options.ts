import * as z from 'zod/mini';
import { describe } from '../data/rows.ts';
import type { OrtChoice } from '../engines/onnxruntime-import.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';

/** Options of a loader whose models run on onnxruntime: `loaderOptions: { onnx: { ... } }`. */
export interface EngineOptions {
  /** Which package computes. Default `auto`: `onnxruntime-node`, else `onnxruntime-web`. */
  readonly engine?: OrtChoice;
  /**
   * Session options, passed to the runtime as they are. They win over the defaults (one thread
   * for models below 1 MiB, threads that do not spin, no logging).
   */
  readonly session?: Readonly<Record<string, unknown>>;
}

const schema = z.strictObject({
  engine: z.optional(z.enum(['auto', 'onnxruntime-node', 'onnxruntime-web'])),
  session: z.optional(z.record(z.string(), z.unknown())),
});

const EXPECTED: ReadonlyMap<string, string> = new Map([
  ['engine', '"auto", "onnxruntime-node" or "onnxruntime-web"'],
  ['session', 'an object of session options'],
]);

/** The loader decides what the engine reads and where results go; these would let it touch files. */
const RESERVED = ['externalData', 'optimizedModelFilePath'];

/**
 * Checks the options of a loader.
 *
 * @param loader its name, for messages
 * @throws `ML_OPTIONS_INVALID` naming the option
 */
export function parseEngineOptions(given: Readonly<Record<string, unknown>>, loader: string): EngineOptions {
  const result = schema.safeParse(given);
  if (!result.success) {
    const [issue] = result.error.issues;
    const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0];
    const expected =
      EXPECTED.get(String(key)) ?? `absent: the ${loader} loader knows ${[...EXPECTED.keys()].join(' and ')}`;
    const value = Object.hasOwn(given, String(key)) ? given[String(key)] : undefined;
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `options.loaderOptions.${loader}.${String(key)} must be ${expected}; got ${describe(value)}`,
      { details: { option: key, value } },
    );
  }
  const { engine, session } = result.data;
  const reserved = RESERVED.find((name) => session !== undefined && name in session);
  if (reserved !== undefined) {
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `options.loaderOptions.${loader}.session.${reserved} must be absent: the loader itself hands the engine every byte of a model`,
    );
  }
  return { ...(engine === undefined ? {} : { engine }), ...(session === undefined ? {} : { session }) };
}
