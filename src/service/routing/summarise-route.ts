import { ConfigurationError } from '../../errors/configuration-error.ts';
import { quantilesFor } from '../../routing/quantiles.ts';
import { summariseArms } from '../../routing/summarise-arms.ts';
import type { RouteSummary } from '../../spec/routing.ts';
import type { NamedRoute } from './named-route.ts';

const DEFAULT_CONFIDENCE = 0.95;

/** @throws `ML_OPTIONS_INVALID` */
export async function summariseRoute(
  route: NamedRoute,
  { confidence = DEFAULT_CONFIDENCE }: { readonly confidence?: number },
): Promise<RouteSummary> {
  if (!(confidence > 0 && confidence < 1))
    throw new ConfigurationError('ML_OPTIONS_INVALID', `confidence must be between 0 and 1, got ${confidence}`);
  const quantiles = await quantilesFor(confidence);
  return {
    model: route.model,
    control: route.state.control.name,
    confidence,
    arms: summariseArms(route.measured(), quantiles),
    shadow: route.shadow,
  };
}
