import type { Principal } from '../spec/access.ts';
import { checkPrincipal, runAs } from './run-as.ts';

/** What can be used in the name of a given caller. */
export abstract class CallerView {
  /**
   * The same as a given caller sees it: what is done through it counts as done by `principal`, and is judged by the
   * `access` rules of the registry. It is no copy: its state is shared.
   *
   * @throws `ML_OPTIONS_INVALID` for what is no principal
   */
  as(principal: Principal): this {
    checkPrincipal(principal);
    return viewOf(this, principal);
  }
}

/** Methods run as by `runAs`, and what they give that can be had in a caller's name is given in this one's. */
function viewOf<T extends object>(target: T, principal: Principal): T {
  const bind = (value: unknown): unknown => {
    if (value === target) return view;
    if (value instanceof Promise) return value.then(bind);
    return value instanceof CallerView ? value.as(principal) : value;
  };
  const view: T = new Proxy(target, {
    get(object, key) {
      // With the object itself as `this`: getters, too, read private fields.
      const value: unknown = runAs(principal, () => Reflect.get(object, key, object));
      if (typeof value !== 'function' || key === 'constructor') return bind(value);
      // Asked for another caller, a view gives what that one sees.
      if (key === 'as') return value.bind(object);
      return (...args: unknown[]): unknown => bind(runAs(principal, () => Reflect.apply(value, object, args)));
    },
    set: (object, key, value) => Reflect.set(object, key, value, object),
  });
  return view;
}
