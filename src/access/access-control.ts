import { AccessError } from '../errors/access-error.ts';
import type { AccessAction, AccessDecision, AccessOption, AccessRequest, Principal } from '../spec/access.ts';
import type { Awaitable } from '../spec/model-loader.ts';
import { type CompiledRule, compileRules } from './compile-rules.ts';
import { currentPrincipal } from './run-as.ts';

/** Who is told of decisions; nothing is built where nobody wants them. */
export interface AccessAudit {
  wants(): boolean;
  tell(decision: AccessDecision): void;
}

/** What a caller wants to reach. */
export interface AccessTarget {
  readonly model: string;
  /** As asked for. */
  readonly version?: string | undefined;
}

type Verdict = Pick<AccessDecision, 'allowed' | 'reason' | 'rule' | 'error'>;

const NO_RULE: Verdict = { allowed: false, reason: 'no-rule', rule: undefined, error: undefined };

/**
 * Decides who may do what. Everything is denied that no rule allows: with the first policy, even an empty list, every
 * model and action is closed. Rules are asked in order; the first that says yes ends it, and so does one that fails,
 * with a denial.
 */
export class AccessControl {
  readonly #rules: readonly CompiledRule[];
  readonly #audit: AccessAudit;

  /** @throws `ML_OPTIONS_INVALID` */
  constructor(option: AccessOption, audit: AccessAudit) {
    this.#rules = compileRules(option);
    this.#audit = audit;
  }

  /**
   * Lets pass or refuses. A promise only where a rule answers later.
   *
   * @param principal default: the one of `runAs`
   * @throws `ML_ACCESS_DENIED`, at once or as a rejection
   */
  check(action: AccessAction, target: AccessTarget, principal?: Principal): Promise<void> | undefined {
    const request = requestOf(action, target, principal);
    const verdict = this.#decide(request, 0);
    if (verdict instanceof Promise) return verdict.then((late) => this.#enforce(request, late));
    this.#enforce(request, verdict);
    return undefined;
  }

  /** As `check`, where there is no time to wait: a rule that answers later counts as no. */
  checkNow(action: AccessAction, target: AccessTarget, principal?: Principal): void {
    const request = requestOf(action, target, principal);
    const verdict = this.#decide(request, 0);
    this.#enforce(request, verdict instanceof Promise ? { ...NO_RULE, reason: 'late' } : verdict);
  }

  /** As `check`, as an answer instead of an error: for lists from which is left out what a caller may not see. */
  async allows(action: AccessAction, target: AccessTarget, principal?: Principal): Promise<boolean> {
    const request = requestOf(action, target, principal);
    const verdict = await this.#decide(request, 0);
    this.#tell(request, verdict);
    return verdict.allowed;
  }

  #decide(request: AccessRequest, from: number): Verdict | Promise<Verdict> {
    for (let rule = from; rule < this.#rules.length; rule++) {
      const asked = this.#rules[rule] as CompiledRule;
      if (!asked.concerns(request)) continue;
      try {
        const answer = asked.allows(request);
        if (isThenable(answer)) return this.#later(answer, request, rule);
        if (answer === true) return { allowed: true, reason: 'rule', rule, error: undefined };
      } catch (error) {
        return { allowed: false, reason: 'error', rule, error };
      }
    }
    return NO_RULE;
  }

  async #later(answer: PromiseLike<boolean>, request: AccessRequest, rule: number): Promise<Verdict> {
    try {
      if ((await answer) === true) return { allowed: true, reason: 'rule', rule, error: undefined };
    } catch (error) {
      return { allowed: false, reason: 'error', rule, error };
    }
    return this.#decide(request, rule + 1);
  }

  /** Which rule it was, or why it failed, is for the audit and not for the caller. */
  #enforce(request: AccessRequest, verdict: Verdict): void {
    this.#tell(request, verdict);
    if (verdict.allowed) return;
    const { principal, action, model } = request;
    const who = principal === undefined ? 'a caller without a principal' : JSON.stringify(principal.id);
    throw new AccessError(
      'ML_ACCESS_DENIED',
      `${who} may not ${action} ${model}; ask whoever sets the registry's access rules`,
      { details: { principal: principal?.id, action, model } },
    );
  }

  #tell({ principal, ...rest }: AccessRequest, verdict: Verdict): void {
    if (this.#audit.wants()) this.#audit.tell({ ...rest, principal: principal?.id, ...verdict });
  }
}

function requestOf(action: AccessAction, { model, version }: AccessTarget, principal?: Principal): AccessRequest {
  return { principal: principal ?? currentPrincipal(), action, model, version };
}

function isThenable(value: Awaitable<boolean>): value is PromiseLike<boolean> {
  return typeof value === 'object' && value !== null && typeof value.then === 'function';
}
