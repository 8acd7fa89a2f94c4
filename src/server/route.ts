import type { Target } from './inference-core.ts';

/** What a path of the protocol means. */
export type Route =
  | { readonly kind: 'server' | 'live' | 'ready' | 'index' | 'docs' }
  | { readonly kind: 'metadata' | 'modelReady' | 'infer' | 'load' | 'unload'; readonly target: Target };

export type RouteKind = Route['kind'];

/** The method of each kind of route. */
export const METHOD_OF: Readonly<Record<RouteKind, 'GET' | 'POST'>> = {
  server: 'GET',
  live: 'GET',
  ready: 'GET',
  docs: 'GET',
  metadata: 'GET',
  modelReady: 'GET',
  infer: 'POST',
  index: 'POST',
  load: 'POST',
  unload: 'POST',
};

const FIXED = new Map<string, Route>([
  ['', { kind: 'server' }],
  ['health/live', { kind: 'live' }],
  ['health/ready', { kind: 'ready' }],
  ['repository/index', { kind: 'index' }],
  ['docs', { kind: 'docs' }],
  ['openapi.json', { kind: 'docs' }],
]);

const ACTIONS = new Map<string | undefined, 'metadata' | 'modelReady' | 'infer'>([
  [undefined, 'metadata'],
  ['ready', 'modelReady'],
  ['infer', 'infer'],
]);

/**
 * What a URL means, its query apart; `undefined` where it is no path of the protocol.
 *
 * @throws `URIError` for a name that is wrongly escaped
 */
export function routeOf(url: string): Route | undefined {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (path !== '/v2' && !path.startsWith('/v2/')) return undefined;
  const rest = path.slice(4);
  const fixed = FIXED.get(rest.endsWith('/') ? rest.slice(0, -1) : rest);
  if (fixed !== undefined) return fixed;
  const parts = rest.split('/');
  if (parts[0] === 'models') return modelRoute(parts);
  if (parts[0] !== 'repository' || parts[1] !== 'models' || parts.length !== 4) return undefined;
  const kind = parts[3];
  const name = decodeURIComponent(parts[2] as string);
  return name !== '' && (kind === 'load' || kind === 'unload') ? { kind, target: { name } } : undefined;
}

/** `models/{name}[/versions/{version}][/ready|/infer]`. */
function modelRoute(parts: readonly string[]): Route | undefined {
  const name = decodeURIComponent(parts[1] ?? '');
  if (name === '') return undefined;
  const hasVersion = parts[2] === 'versions' && (parts[3] ?? '') !== '';
  const at = hasVersion ? 4 : 2;
  if (parts.length > at + 1) return undefined;
  const kind = ACTIONS.get(parts[at]);
  if (kind === undefined) return undefined;
  return { kind, target: hasVersion ? { name, version: decodeURIComponent(parts[3] as string) } : { name } };
}
