import { RouteError } from '../../errors/route-error.ts';
import type { CallOptions } from '../../spec/model.ts';
import type { ModelRoute, OutcomeResult, RouteOptions, RouteSummary } from '../../spec/routing.ts';
import type { ModelSlot, SlotHost } from '../model-slot.ts';
import type { NamedRoute } from './named-route.ts';
import type { RouteTable } from './route-table.ts';

/** What setting and taking away routes needs of the registry. */
export interface RoutingHost {
  readonly host: SlotHost;
  readonly table: RouteTable;
  /** The slot of an exact version. */
  readonly slot: (name: string, version: string) => ModelSlot;
  /** All slots that are known. */
  readonly slots: () => Iterable<ModelSlot>;
  /** A slot that nobody asks any more. */
  readonly retire: (slot: ModelSlot) => void;
}

/** A change whose models load. */
interface Change {
  superseded: boolean;
}

/** Sets, changes and takes away routes. The code that does so is imported with the first one. */
export class ModelRoutes {
  readonly #around: RoutingHost;
  /** By model, in the order in which they were asked for. */
  readonly #pending = new Map<string, Set<Change>>();

  constructor(around: RoutingHost) {
    this.#around = around;
  }

  /** @throws `ML_OPTIONS_INVALID`, `ML_ROUTE_ARM_FAILED`, `ML_ROUTE_INCOMPATIBLE`, `ML_ROUTE_SUPERSEDED`, `ML_ABORTED` */
  async set(name: string, options: RouteOptions, call: Pick<CallOptions, 'signal'>): Promise<ModelRoute> {
    const { host, table } = this.#around;
    host.assertOpen();
    const pending = this.#pending.get(name) ?? new Set<Change>();
    this.#pending.set(name, pending);
    const change: Change = { superseded: false };
    pending.add(change);
    try {
      const { prepareRoute } = await import('./set-route.ts');
      const prepared = await prepareRoute(this.#around, { model: name, options, ...call }, (slots) =>
        this.#retire(slots),
      );
      try {
        host.assertOpen();
        if (change.superseded) throw superseded(name);
        for (const earlier of pending) {
          if (earlier === change) break;
          earlier.superseded = true;
        }
        const before = table.routes.get(name);
        const old = before === undefined ? [] : slotsOf(before);
        const route = prepared.apply(before);
        table.set(name, route);
        this.#retire(old);
        route.tellChange();
        return route;
      } finally {
        prepared.release();
        this.#retire(prepared.slots);
      }
    } finally {
      pending.delete(change);
      if (pending.size === 0) this.#pending.delete(name);
    }
  }

  /** @returns whether there was one */
  async unset(name: string): Promise<boolean> {
    for (const earlier of this.#pending.get(name) ?? []) earlier.superseded = true;
    const { table, slots } = this.#around;
    const route = table.routes.get(name);
    if (route === undefined) return false;
    const { state } = route;
    // So that what an arm has in memory is not loaded again for who asks for that version.
    const plain = Array.from(slots()).filter(({ request }) => request.name === name && route.covers(request));
    await Promise.allSettled(plain.map((slot) => slot.takeLoaded()));
    // Set anew meanwhile, or taken away by another call.
    if (table.routes.get(name) !== route || route.state !== state) return false;
    table.delete(name);
    route.end();
    this.#retire(slotsOf(route));
    route.tellChange();
    return true;
  }

  /** @throws `ML_ROUTE_OUTCOME_INVALID` */
  reportOutcome(id: string, value: boolean | number): OutcomeResult {
    const number = typeof value === 'boolean' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return this.#around.table.reportOutcome(id, number);
    throw new RouteError(
      'ML_ROUTE_OUTCOME_INVALID',
      `an outcome is a boolean or a finite number, got ${String(value)}`,
      {
        details: { id, value },
      },
    );
  }

  /** @throws `ML_ROUTE_UNKNOWN`, `ML_OPTIONS_INVALID` */
  async summary(name: string, options: { readonly confidence?: number }): Promise<RouteSummary> {
    const { routes } = this.#around.table;
    const route = routes.get(name);
    if (route === undefined) {
      const known = [...routes.keys()];
      throw new RouteError(
        'ML_ROUTE_UNKNOWN',
        `there is no route for ${JSON.stringify(name)}; there is ${known.length === 0 ? 'none at all' : `one for ${known.join(', ')}`}`,
        { details: { model: name, routes: known } },
      );
    }
    const { summariseRoute } = await import('./summarise-route.ts');
    return summariseRoute(route, options);
  }

  /** Lets go of slots that no route in force asks. */
  #retire(slots: readonly ModelSlot[]): void {
    const { table, retire } = this.#around;
    const asked = new Set([...table.routes.values()].flatMap(slotsOf));
    for (const slot of slots) if (!asked.has(slot)) retire(slot);
  }
}

function superseded(name: string): RouteError {
  return new RouteError(
    'ML_ROUTE_SUPERSEDED',
    `a later change of the route of ${name} took effect while its arms loaded`,
    {
      details: { model: name },
    },
  );
}

function slotsOf({ slots, state: { shadow } }: NamedRoute): ModelSlot[] {
  return shadow === undefined ? [...slots] : [...slots, shadow.slot];
}
