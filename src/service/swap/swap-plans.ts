import type { ModelRequest, ResolvedModel } from '../model-resolver.ts';
import type { ModelSlot } from '../model-slot.ts';
import { type ModelFamily, type Pins, unpin } from './pins.ts';
import type { SwapHistory } from './swap-history.ts';
import type { SwapHost, SwapPlan } from './swap-plan.ts';

/** Every request of the name stands for one version from then on. */
export function planSwap(host: SwapHost, history: SwapHistory, family: ModelFamily, to: string): SwapPlan {
  let main: ResolvedModel;
  return {
    family,
    trigger: 'swap',
    requested: to,
    moves: byPins,
    async targets() {
      // A file that came a moment ago counts.
      host.resolver.refresh();
      main = await host.resolver.resolve({ ...family, version: to, exact: true });
      return { main, of: () => main };
    },
    commit() {
      const before = standing(host, family);
      // So that there is something to ask how it is.
      if (slotsOf(host, family).length === 0) host.slot({ ...family, version: 'latest' });
      const after: Pins = { all: main.id, each: new Map() };
      if (!samePins(before, after)) history.push(family, before);
      host.resolver.setPins(family, after);
    },
  };
}

/** Every request of the name stands for what it stood for before the last swap. */
export function planRollback(host: SwapHost, history: SwapHistory, family: ModelFamily, pins: Pins): SwapPlan {
  return {
    family,
    trigger: 'rollback',
    requested: 'the version before',
    moves: byPins,
    async targets() {
      const byVersion = new Map<string, ResolvedModel>();
      for (const { request, served, resolved } of slotsOf(host, family)) {
        if (served === undefined && resolved === undefined) continue;
        byVersion.set(request.version, await host.resolver.resolve(request, pins));
      }
      const [first] = byVersion.values();
      const main = first ?? (await host.resolver.resolve({ ...family, version: 'latest' }, pins));
      return { main, of: ({ version }) => byVersion.get(version) };
    },
    commit() {
      history.pop(family);
      host.resolver.setPins(family, pins);
    },
  };
}

/** Requests by an alias stand for another version, also where a swap had put its own in their place. */
export function planAlias(
  host: SwapHost,
  family: ModelFamily,
  { alias, version }: { readonly alias: string; readonly version: string },
): SwapPlan {
  const { resolver } = host;
  const moves = (request: ModelRequest): boolean => byPins(request) && resolver.asked(request) === alias;
  return {
    family,
    trigger: 'alias',
    requested: version,
    moves,
    async targets() {
      resolver.refresh();
      const main = await resolver.resolve({ ...family, version, exact: true });
      return { main, of: () => main };
    },
    commit() {
      const request = { ...family, version: alias };
      if (moves(request)) host.slot(request);
      const asking = slotsOf(host, family).filter((slot) => moves(slot.request));
      resolver.setAlias(family.name, alias, version);
      resolver.setPins(
        family,
        unpin(
          resolver.pins(family),
          asking.map((slot) => slot.request.version),
        ),
      );
    },
  };
}

/** Requests for some versions stand for a file that came, as they do by themselves. */
export function planChange(
  host: SwapHost,
  history: SwapHistory,
  family: ModelFamily,
  { main, versions }: { readonly main: ResolvedModel; readonly versions: ReadonlySet<string> },
): SwapPlan {
  return {
    family,
    trigger: 'change',
    requested: [...versions].join(', '),
    moves: (request) => byPins(request) && versions.has(request.version),
    targets: () => Promise.resolve({ main, of: () => main }),
    commit() {
      history.push(family, standing(host, family));
      host.resolver.setPins(family, unpin(host.resolver.pins(family), versions));
    },
  };
}

/** Pins under which every request stands for what it stands for now. */
function standing(host: SwapHost, family: ModelFamily): Pins {
  const each = new Map<string, string | undefined>();
  for (const { request, served, resolved } of slotsOf(host, family)) {
    const now = served?.resolved ?? resolved;
    if (now !== undefined) each.set(request.version, now.id);
  }
  const [id, ...others] = new Set(each.values());
  // One version for all: so for those who ask later, too.
  if (id !== undefined && others.length === 0) return { all: id, each: new Map() };
  return { all: host.resolver.pins(family).all, each };
}

/** Slots of a name that swaps concern, the oldest first. */
function slotsOf(host: SwapHost, { area, name }: ModelFamily): ModelSlot[] {
  return [...host.slots()].filter(({ request }) => request.area === area && request.name === name && byPins(request));
}

function samePins(one: Pins, other: Pins): boolean {
  return one.all === other.all && one.each.size === 0 && other.each.size === 0;
}

/** Whether a request is one that swaps may put something in the place of. */
function byPins({ exact }: ModelRequest): boolean {
  return exact !== true;
}
