import { AsyncLocalStorage } from 'node:async_hooks';
import { ConfigurationError } from '../errors/configuration-error.ts';
import type { Principal } from '../spec/access.ts';

// Shared by all copies of the package in a process, ESM and CommonJS alike: who calls is known to each of them.
const KEY = Symbol.for('base-ml-service.principal.v1');
const shared = globalThis as { [KEY]?: AsyncLocalStorage<Principal> };

/**
 * Calls `fn` for a caller: whatever it does, now or after awaiting, counts as done by `principal`.
 *
 * @throws `ML_OPTIONS_INVALID` for what is no principal
 */
export function runAs<T>(principal: Principal, fn: () => T): T {
  checkPrincipal(principal);
  return (shared[KEY] ??= new AsyncLocalStorage<Principal>()).run(principal, fn);
}

/** The caller of the code that runs now, where one was named. */
export function currentPrincipal(): Principal | undefined {
  return shared[KEY]?.getStore();
}

/** @throws `ML_OPTIONS_INVALID` */
export function checkPrincipal(principal: Principal): void {
  const { id, roles = [] } = (principal ?? {}) as Partial<Principal>;
  const usable = typeof id === 'string' && id !== '' && Array.isArray(roles);
  if (usable && roles.every((role) => typeof role === 'string')) return;
  throw new ConfigurationError(
    'ML_OPTIONS_INVALID',
    'a principal is { id: a non-empty string, roles?: an array of strings }',
  );
}
