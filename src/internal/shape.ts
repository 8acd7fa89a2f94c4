/** What is wrong with a value. */
export interface ShapeIssue {
  /** Keys that lead to it. */
  readonly path: readonly (string | number)[];
  /** What it must be, to stand after "must be"; `undefined` for a key that nobody knows, which `path` ends with. */
  readonly must: string | undefined;
  /** Whether its type is right, and only its value is not. */
  readonly typed: boolean;
}

/** What a value of unknown origin has to be: the first thing that is wrong with it, or `undefined`. */
export type Shape = (value: unknown) => ShapeIssue | undefined;

/** `must` stands after "must be": `a number`. */
export function custom(accepts: (value: unknown) => boolean, must: string): Shape {
  return (value) => (accepts(value) ? undefined : { path: [], must, typed: false });
}

/** What has a shape has a property besides: `checked(string('text'), (text: string) => text !== '', 'non-empty text')`. */
export function checked(shape: Shape, accepts: (value: never) => boolean, must: string): Shape {
  return (value) => shape(value) ?? (accepts(value as never) ? undefined : { path: [], must, typed: true });
}

export function string(must: string): Shape {
  return custom((value) => typeof value === 'string', must);
}

export function boolean(must: string): Shape {
  return custom((value) => typeof value === 'boolean', must);
}

/** A finite one. */
export function number(must: string): Shape {
  return custom((value) => Number.isFinite(value), must);
}

export function integer(must: string): Shape {
  return custom((value) => Number.isSafeInteger(value), must);
}

/** @param must default: the values in quotes */
export function oneOf(values: readonly unknown[], must: string = listed(values)): Shape {
  return custom((value) => values.includes(value), must);
}

export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? undefined : shape(value));
}

export function arrayOf(item: Shape, must: string): Shape {
  return (value) => {
    if (!Array.isArray(value)) return { path: [], must, typed: false };
    return first(value.entries(), () => item);
  };
}

/** A plain object of any keys: the entries of a `Map` would pass unseen. */
export function recordOf(item: Shape, must: string): Shape {
  return (value) => {
    if (!isObject(value) || !isPlain(value)) return { path: [], must, typed: false };
    return first(Object.entries(value), () => item);
  };
}

/** An object of these keys and no others. */
export function objectOf(fields: Readonly<Record<string, Shape>>, must: string = 'an object'): Shape {
  return (value) => {
    if (!isObject(value)) return { path: [], must, typed: false };
    const wrong = first(
      Object.keys(fields).map((key) => [key, value[key]] as const),
      (key) => fields[key],
    );
    if (wrong !== undefined) return wrong;
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    return unknown === undefined ? undefined : { path: [unknown], must: undefined, typed: true };
  };
}

/** One of several shapes; a value whose type only one of them has is judged by that one. */
export function anyOf(shapes: readonly Shape[], must: string): Shape {
  return (value) => {
    const issues = shapes.map((shape) => shape(value));
    if (issues.includes(undefined)) return undefined;
    const typed = issues.filter((issue) => issue?.typed);
    return typed.length === 1 ? typed[0] : { path: [], must, typed: false };
  };
}

/** The first entry that is not as it must be. */
function first<K extends string | number>(
  entries: Iterable<readonly [K, unknown]>,
  shapeOf: (key: K) => Shape | undefined,
): ShapeIssue | undefined {
  for (const [key, value] of entries) {
    const issue = shapeOf(key)?.(value);
    if (issue !== undefined) return { ...issue, path: [key, ...issue.path] };
  }
  return undefined;
}

/** `'a', 'b' or 'c'`. */
function listed(values: readonly unknown[]): string {
  const quoted = values.map((value) => `'${String(value)}'`);
  return [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter((part) => part !== '').join(' or ');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In any realm: test runners have several. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
