import { MLServiceError } from '../../errors/ml-service-error.ts';
import { RouteError } from '../../errors/route-error.ts';
import { ArmMetrics } from '../../routing/arm-metrics.ts';
import { ShadowCounts } from '../../routing/shadow-counts.ts';
import type { CallOptions } from '../../spec/model.ts';
import type { RouteOptions } from '../../spec/routing.ts';
import type { SwapDifference } from '../../spec/swap.ts';
import type { ModelEntry } from '../build-model.ts';
import { compareSignatures } from '../compatibility/compare-signatures.ts';
import { signatureOf } from '../compatibility/signature.ts';
import { ModelSlot, type SlotHost } from '../model-slot.ts';
import { NamedRoute, type RouteState } from './named-route.ts';
import { RouteArm } from './route-arm.ts';
import { planRoute, type RoutePlan } from './route-plan.ts';
import type { RoutingHost } from './model-routes.ts';
import { shadowHost } from './shadow-host.ts';
import { ShadowRunner } from './shadow-runner.ts';

/** A version that is loaded, and stays so as long as its lease is held. */
interface Loaded {
  /** For messages. */
  readonly who: string;
  readonly slot: ModelSlot;
  readonly entry: ModelEntry;
}

/** What is to be set. */
export interface RouteRequest extends Pick<CallOptions, 'signal'> {
  readonly model: string;
  readonly options: RouteOptions;
}

/** A route whose models are loaded, under leases. */
export interface PreparedRoute {
  readonly slots: readonly ModelSlot[];
  /** Puts it in force, at once, in the place of the one that there is. */
  apply(before: NamedRoute | undefined): NamedRoute;
  /** Gives the leases back. */
  release(): void;
}

/**
 * Loads what a route needs and compares it; changes nothing else.
 *
 * @throws `ML_OPTIONS_INVALID`, `ML_ROUTE_ARM_FAILED`, `ML_ROUTE_INCOMPATIBLE`, `ML_ABORTED`
 */
export async function prepareRoute(
  around: RoutingHost,
  request: RouteRequest,
  retire: (slots: readonly ModelSlot[]) => void,
): Promise<PreparedRoute> {
  const { model, options, signal } = request;
  const { host } = around;
  const plan = planRoute(model, options);
  const wanted = plan.arms.map(({ name, version }) => ({
    who: name === version ? `arm ${name}` : `arm ${name} (${version})`,
    slot: around.slot(model, version),
  }));
  if (plan.shadow !== undefined) {
    const { version, maxConcurrency } = plan.shadow;
    const slot = new ModelSlot(
      { area: 'trained', name: model, version, exact: true, shadow: true },
      shadowHost(host, maxConcurrency),
    );
    wanted.push({ who: `shadow ${version}`, slot });
  }
  const results = await Promise.allSettled(
    wanted.map(({ slot }) => slot.acquire({ ...(signal !== undefined && { signal }), afresh: true })),
  );
  const loaded: Loaded[] = [];
  let failure: MLServiceError | undefined;
  for (const [i, result] of results.entries()) {
    const one = wanted[i] as (typeof wanted)[number];
    if (result.status === 'fulfilled') loaded.push({ ...one, entry: result.value });
    else failure ??= armFailed(model, one.who, result.reason);
  }
  const prepared: PreparedRoute = {
    slots: wanted.map(({ slot }) => slot),
    apply: (before) => applyRoute(host, { plan, loaded, before, model }),
    release: () => loaded.forEach(({ entry }) => entry.release()),
  };
  if (failure === undefined && !plan.allowDifferences) failure = differenceOf(model, plan, loaded);
  if (failure === undefined) return prepared;
  prepared.release();
  retire(prepared.slots);
  throw failure;
}

function applyRoute(
  host: SlotHost,
  from: {
    readonly model: string;
    readonly plan: RoutePlan;
    readonly loaded: readonly Loaded[];
    readonly before: NamedRoute | undefined;
  },
): NamedRoute {
  const { model, plan, loaded, before } = from;
  const { events, clock } = host.settings;
  let route = before;
  const arms = plan.arms.map((arm, i) => {
    const { slot, entry } = loaded[i] as Loaded;
    const { ref } = entry.value;
    const old = before?.state.arms.find(
      ({ name, ref: { artefact } }) => name === arm.name && artefact === ref.artefact,
    );
    const made = new RouteArm({
      plan: arm,
      salt: plan.salt,
      slot,
      ref,
      metrics: old?.metrics ?? new ArmMetrics(),
      clock,
      // A first route is made after its arms.
      beyond: (one, breach) => route?.fallBack(one, breach),
    });
    if (arm.bounds !== undefined) made.out = old?.out;
    return made;
  });
  const state: RouteState = {
    plan,
    arms,
    control: arms.find(({ name }) => name === plan.control) as RouteArm,
    shadow: shadowOf(host, { plan, loaded: loaded[arms.length], before: before?.state.shadow }),
  };
  if (route === undefined) route = new NamedRoute(model, state, { events, clock });
  else route.replace(state);
  return route;
}

function shadowOf(
  host: SlotHost,
  from: { readonly plan: RoutePlan; readonly loaded: Loaded | undefined; readonly before: ShadowRunner | undefined },
): ShadowRunner | undefined {
  const { plan, loaded, before } = from;
  if (plan.shadow === undefined || loaded === undefined) return undefined;
  const { slot, entry } = loaded;
  const { ref } = entry.value;
  const { clock, events, runtime } = host.settings;
  return new ShadowRunner({
    slot,
    ref,
    options: plan.shadow,
    clock,
    events,
    random: plan.random,
    maxHoldMs: runtime.config.maxHoldMs,
    counts: before?.ref.artefact === ref.artefact && before !== undefined ? before.counts : new ShadowCounts(),
  });
}

function differenceOf(model: string, plan: RoutePlan, loaded: readonly Loaded[]): RouteError | undefined {
  const control = loaded[plan.arms.findIndex(({ name }) => name === plan.control)] as Loaded;
  const known = signatureOf(control.entry.value);
  const differences = loaded.flatMap(({ who, entry }) =>
    compareSignatures(known, signatureOf(entry.value)).map((difference) => `${who}: ${sentence(difference)}`),
  );
  if (differences.length === 0) return undefined;
  return new RouteError(
    'ML_ROUTE_INCOMPATIBLE',
    `the route of ${model} joins models that callers can tell apart (against ${control.who}):\n  ${differences.join('\n  ')}\nsay allowDifferences: true if that is meant`,
    { details: { model, control: plan.control, differences } },
  );
}

function sentence({ what, part, before, after }: SwapDifference): string {
  return `${what}${part === '' ? '' : ` of part ${part}`}: ${before} in the control arm, ${after} here`;
}

function armFailed(model: string, arm: string, cause: unknown): MLServiceError {
  const known = MLServiceError.isInstance(cause) ? cause : undefined;
  if (known?.code === 'ML_ABORTED' || known?.code === 'ML_REGISTRY_CLOSED') return known;
  return new RouteError(
    'ML_ROUTE_ARM_FAILED',
    `the route of ${model} was not changed, because ${arm} does not load: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause, details: { model, arm, code: known?.code } },
  );
}
