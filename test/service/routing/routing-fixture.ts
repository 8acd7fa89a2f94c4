import type { FakeModelOptions } from '../../../src/testing/index.ts';
import { createFakeModel } from '../../../src/testing/index.ts';
import type { CallOptions, RoutedPrediction } from '../../../src/index.ts';

/** A model that answers with its own name. */
export const saying = (label: string, options: FakeModelOptions = {}) =>
  createFakeModel({ predict: (rows) => rows.map(() => label), ...options });

/** Chance that counts up in steps of the golden section: as even as can be, and the same in each run. */
export function evenChance(): () => number {
  let at = 0;
  return () => {
    at = (at + 0.618_033_988_749_895) % 1;
    return at;
  };
}

/** Options of a call that remember what they were told. */
export function routed(key?: string): { readonly options: CallOptions; readonly told: RoutedPrediction[] } {
  const told: RoutedPrediction[] = [];
  const options: CallOptions = {
    onRouted: (one) => void told.push(one),
    ...(key !== undefined && { routingKey: key }),
  };
  return { options, told };
}

export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}
