import { ConfigurationError } from '../errors/configuration-error.ts';
import type { AccessAction, AccessOption, AccessPolicy, AccessRequest, AccessRule } from '../spec/access.ts';
import type { Awaitable } from '../spec/model-loader.ts';
import { matchesName } from './matches-name.ts';

/** A rule in the form in which it is asked. */
export interface CompiledRule {
  /** Whether it has anything to say; asked first. */
  concerns(request: AccessRequest): boolean;
  allows(request: AccessRequest): Awaitable<boolean>;
}

const ACTIONS: readonly AccessAction[] = ['load', 'predict', 'inspect', 'swap', 'publish'];
const KEYS: ReadonlySet<string> = new Set(['model', 'actions', 'allow']);

/** @throws `ML_OPTIONS_INVALID`, its message starting `options.access` */
export function compileRules(option: AccessOption): CompiledRule[] {
  if (typeof option === 'function') return [fromPolicy(option)];
  if (!Array.isArray(option)) throw invalid('options.access', 'a function or an array of rules');
  return (option as readonly (AccessRule | AccessPolicy)[]).map((rule, i) =>
    typeof rule === 'function' ? fromPolicy(rule) : fromRule(rule, `options.access.${i}`),
  );
}

function fromPolicy(policy: AccessPolicy): CompiledRule {
  return { concerns: () => true, allows: policy };
}

function fromRule(rule: AccessRule, path: string): CompiledRule {
  if (typeof rule !== 'object' || rule === null) throw invalid(path, 'a rule { model, actions?, allow } or a function');
  const { model, actions = ACTIONS, allow } = rule;
  const unknown = Object.keys(rule).find((key) => !KEYS.has(key));
  if (unknown !== undefined) throw invalid(`${path}.${unknown}`, 'absent: there is no such field');
  if (typeof model !== 'string' || model === '') throw invalid(`${path}.model`, 'a model name, or a pattern with *');
  if (!Array.isArray(actions) || !actions.every((action) => ACTIONS.includes(action)))
    throw invalid(`${path}.actions`, `an array of ${ACTIONS.join(', ')}`);
  const wanted = new Set(actions);
  const concerns = (request: AccessRequest): boolean => wanted.has(request.action) && matchesName(model, request.model);
  if (typeof allow === 'function') return { concerns, allows: (request) => allow(request.principal, request) };
  if (!Array.isArray(allow) || !allow.every((role) => typeof role === 'string'))
    throw invalid(`${path}.allow`, 'an array of roles or a function');
  const roles: ReadonlySet<string> = new Set(allow);
  return { concerns, allows: ({ principal }) => principal?.roles?.some((role) => roles.has(role)) === true };
}

function invalid(path: string, wanted: string): ConfigurationError {
  return new ConfigurationError('ML_OPTIONS_INVALID', `${path} must be ${wanted}`, { details: { path } });
}
