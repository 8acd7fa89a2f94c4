import type { AccessControl, AccessTarget } from '../access/access-control.ts';
import type { Principal } from '../spec/access.ts';
import type { Model } from '../spec/model.ts';
import { InterceptedModel, type Interceptor } from './intercepted-model.ts';

/**
 * A model whose every call is decided by the access rules, before it is loaded and before a lease is taken. Calls that
 * compute are `predict`; everything that tells of the model itself is `inspect`; `dispose` frees it for all, which is
 * `load`.
 */
export function guardedModel<R, P>(model: Model<R, P>, access: AccessControl, target: AccessTarget): Model<R, P> {
  return new InterceptedModel(model, guard(access, target, undefined));
}

function guard(access: AccessControl, target: AccessTarget, principal: Principal | undefined): Interceptor {
  return {
    call(method, input) {
      const pending = access.check(method === 'tensor' ? 'inspect' : 'predict', target, principal);
      return pending === undefined ? input : pending.then(() => input);
    },
    look: () => access.checkNow('inspect', target, principal),
    dispose: () => access.check('load', target, principal),
    as: (other) => guard(access, target, other),
  };
}
