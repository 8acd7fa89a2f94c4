/** A function that makes its value when it is first asked for it: what is rarely needed costs nothing at start-up. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
