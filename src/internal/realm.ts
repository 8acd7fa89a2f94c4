/**
 * Whether this code has globals of its own, as Jest gives each test file: what native modules make belongs to the
 * process's first realm, where `Float32Array` is another one.
 */
export function inForeignRealm(): boolean {
  // `Buffer` is made by Node itself, and a typed array there.
  const first: unknown = Object.getPrototypeOf(Object.getPrototypeOf(Buffer.prototype));
  return first !== Object.getPrototypeOf(Float32Array.prototype);
}
