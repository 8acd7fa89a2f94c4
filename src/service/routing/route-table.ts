import type { OutcomeResult } from '../../spec/routing.ts';
import type { ModelRequest } from '../model-resolver.ts';
import type { NamedRoute } from './named-route.ts';

/** The routes in force, by model. All of routing that exists before the first route. */
export class RouteTable {
  readonly #routes = new Map<string, NamedRoute>();

  /** The answer to `of` for every request. */
  none = true;

  get routes(): ReadonlyMap<string, NamedRoute> {
    return this.#routes;
  }

  /** The route that answers a request, if any. Arms and shadows are asked for themselves. */
  of(request: ModelRequest): NamedRoute | undefined {
    if (request.exact === true) return undefined;
    const route = this.#routes.get(request.name);
    return route?.covers(request) === true ? route : undefined;
  }

  set(name: string, route: NamedRoute): void {
    this.#routes.set(name, route);
    this.none = false;
  }

  delete(name: string): void {
    this.#routes.delete(name);
    this.none = this.#routes.size === 0;
  }

  reportOutcome(id: string, value: number): OutcomeResult {
    for (const route of this.#routes.values()) {
      const result = route.reportOutcome(id, value);
      if (result !== 'unknown') return result;
    }
    return 'unknown';
  }

  close(): void {
    for (const route of this.#routes.values()) route.end();
    this.#routes.clear();
    this.none = true;
  }
}
