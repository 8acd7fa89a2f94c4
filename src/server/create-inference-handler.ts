import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MLServiceRegistry } from '../service/ml-service-registry.ts';
import type { InferenceOptions } from './inference-options.ts';
import { lazyFront } from './lazy-front.ts';

/** Answers requests: a listener of `node:http`, and middleware of Express, also mounted under a path. */
export type InferenceHandler = (req: IncomingMessage, res: ServerResponse, next?: () => void) => void;

/**
 * Serves the models of a registry by the Open Inference Protocol v2 over HTTP.
 *
 * ```ts
 * http.createServer(createInferenceHandler(registry)).listen(8080); // node:http
 * app.use('/ml', createInferenceHandler(registry)); // Express: /ml/v2/...
 * ```
 *
 * Models are loaded by their first request. Paths that are not the protocol's go to `next`, or are answered with 404.
 *
 * @throws `ML_OPTIONS_INVALID`
 */
export function createInferenceHandler(registry: MLServiceRegistry, options: InferenceOptions = {}): InferenceHandler {
  const front = lazyFront(registry, options);
  return (req, res, next) => front.handle(req, res, req.url ?? '', next);
}
