import type { ModelRef } from '../spec/events.ts';
import type { ModelMethod } from '../spec/model.ts';

/** Payloads of swaps and routes, as far as metrics read them. */
export interface OperationEvents {
  'swap:end': ModelRef & { readonly durationMs: number };
  'swap:error': ModelRef & { readonly step?: string; readonly durationMs: number };
  'route:fallback': ModelRef & { readonly arm: string; readonly reason: string };
  'shadow:end': ModelRef & {
    readonly method: ModelMethod;
    readonly error: unknown;
    readonly differs: boolean | undefined;
  };
}

/** The arm of a route that a call got; empty where no route chose. */
export function armOf(payload: object): string {
  const { route } = payload as { readonly route?: { readonly arm?: string } };
  return route?.arm ?? '';
}
