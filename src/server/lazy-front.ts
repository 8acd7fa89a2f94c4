import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MLServiceRegistry } from '../service/ml-service-registry.ts';
import type { HttpFront } from './http-front.ts';
import type { InferenceOptions } from './inference-options.ts';
import { serverLimits } from './limits.ts';

/**
 * The HTTP side of a server of the protocol, whose code is imported from now on: nobody waits for it as a rule.
 *
 * @throws `ML_OPTIONS_INVALID`
 */
export function lazyFront(registry: MLServiceRegistry, options: InferenceOptions): Pick<HttpFront, 'handle'> {
  serverLimits(options);
  let front: HttpFront | undefined;
  const coming = import('./http-front.ts').then(({ HttpFront }) => (front = new HttpFront(registry, options)));
  // Told to those who ask.
  coming.catch(() => undefined);
  return {
    handle(req, res, url, next) {
      if (front !== undefined) return front.handle(req, res, url, next);
      return void answerWith(coming, { req, res, url, next });
    },
  };
}

interface Asked {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly url: string;
  readonly next: (() => void) | undefined;
}

async function answerWith(coming: Promise<HttpFront>, { req, res, url, next }: Asked): Promise<void> {
  let front: HttpFront;
  try {
    front = await coming;
  } catch {
    // A file of this package is missing or damaged.
    res.writeHead(500, { 'content-length': 0 }).end();
    return;
  }
  front.handle(req, res, url, next);
}
