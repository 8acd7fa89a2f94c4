/** Parameters of a request, a response or a tensor: the protocol knows texts, numbers and booleans. */
export type Parameters = Readonly<Record<string, unknown>>;

export const NO_PARAMETERS: Parameters = Object.freeze({});

/** One parameter; only the message's own count, whatever is named like a member of every object. */
export function parameter(parameters: Parameters, name: string): unknown {
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}

/** The same without one of them. */
export function without(parameters: Parameters, name: string): Parameters {
  if (!Object.hasOwn(parameters, name)) return parameters;
  const left = Object.entries(parameters).filter(([key]) => key !== name);
  return left.length === 0 ? NO_PARAMETERS : Object.fromEntries(left);
}
