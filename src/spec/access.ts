import type { Awaitable } from './model-loader.ts';

/** Who calls. Give more in an object or class of your own: policies get it as it was given. */
export interface Principal {
  /** For audit and messages; not empty. */
  readonly id: string;
  /** What declarative rules ask for. Default none. */
  readonly roles?: readonly string[];
}

/**
 * What a caller wants to do with a model. `load`: load and unload it at will. `predict`: ask it, loading it where that
 * takes it. `inspect`: see what is known of it, its values and its tensors. `swap`: let another version take its place.
 * `publish`: add or remove versions.
 */
export type AccessAction = 'load' | 'predict' | 'inspect' | 'swap' | 'publish';

/** One question to a policy. */
export interface AccessRequest {
  /** `undefined` for a caller that nobody named. */
  readonly principal: Principal | undefined;
  readonly action: AccessAction;
  /** Model name. */
  readonly model: string;
  /** As asked for (`v1`, `latest`, an alias), where a version was. */
  readonly version: string | undefined;
}

/** Says yes with `true`, now or later. Everything else is no, an error too. */
export type AccessPolicy = (request: AccessRequest) => Awaitable<boolean>;

/** Who may do what with which models. */
export interface AccessRule {
  /** Model name; `*` stands for any text: `fraud_*`. */
  readonly model: string;
  /** Default: every action. */
  readonly actions?: readonly AccessAction[];
  /** Roles, of which one is enough, or a function that says `true`. */
  readonly allow:
    | readonly string[]
    | ((principal: Principal | undefined, request: AccessRequest) => Awaitable<boolean>);
}

/** Alternatives in the order in which they are asked: the first that says yes is enough. */
export type AccessOption = AccessPolicy | readonly (AccessRule | AccessPolicy)[];

/** One decision, for the audit. */
export interface AccessDecision {
  readonly model: string;
  readonly version: string | undefined;
  readonly action: AccessAction;
  /** Id of the principal; `undefined` for a caller that nobody named. */
  readonly principal: string | undefined;
  readonly allowed: boolean;
  /** `rule`: one said yes. `no-rule`: none did. `error`: one failed. `late`: one would have answered later. */
  readonly reason: 'rule' | 'no-rule' | 'error' | 'late';
  /** Position of the rule that said yes, failed or would have answered later. */
  readonly rule: number | undefined;
  /** What it failed with. */
  readonly error: unknown;
}
