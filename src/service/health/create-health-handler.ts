import {
  type HealthAnswer,
  type HealthOptions,
  type HealthSource,
  healthPaths,
  liveAnswer,
  modelAnswer,
  modelsAnswer,
  readyAnswer,
} from './health-answer.ts';

/** What a handler needs of a request: `node:http`'s, Express's and others have it. */
export interface HealthRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** What a handler needs of a response. */
export interface HealthResponse {
  writeHead(status: number, headers: Readonly<Record<string, string | number>>): unknown;
  end(body?: string): unknown;
}

/** Answers requests for health; passes others on where it is used as a middleware, else answers them with 404. */
export type HealthHandler = (request: HealthRequest, response: HealthResponse, next?: () => void) => void;

/**
 * A handler for `node:http` that is an Express middleware too. It only looks at what is in memory: it loads no model and
 * reads no file.
 *
 * ```ts
 * http.createServer(createHealthHandler(registry)).listen(9000);
 * app.use(createHealthHandler(registry));
 * ```
 */
export function createHealthHandler(registry: HealthSource, options: HealthOptions = {}): HealthHandler {
  const find = route(registry, options);
  return (request, response, next) => {
    const { method = 'GET', url = '/' } = request;
    const found = find(pathOf(url));
    if (found === undefined) {
      if (next === undefined)
        send(response, method, { status: 404, body: { status: 'unknown', reason: 'no such path' } });
      else next();
    } else if (method === 'GET' || method === 'HEAD') send(response, method, found());
    else {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-length': 0 });
      response.end();
    }
  };
}

/** What answers a path, if anything does. */
function route(
  registry: HealthSource,
  { paths, details = false }: HealthOptions,
): (path: string) => (() => HealthAnswer) | undefined {
  const { live, ready, models } = healthPaths(paths);
  return (path) => {
    if (path === live) return liveAnswer;
    if (path === ready) return () => readyAnswer(registry, details);
    if (path === models) return () => modelsAnswer(registry, details);
    if (!path.startsWith(`${models}/`)) return undefined;
    const name = decoded(path.slice(models.length + 1));
    return name === undefined || name.includes('/') ? undefined : () => modelAnswer(registry, name, details);
  };
}

function send(response: HealthResponse, method: string, { status, body }: HealthAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(method === 'HEAD' ? undefined : text);
}

function pathOf(url: string): string {
  const [path = '/'] = url.split('?', 1);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** `undefined` for what no browser would send, such as `%zz`. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
