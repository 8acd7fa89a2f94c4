import type { LoadedModel } from '../spec/model-loader.ts';

/**
 * The part of a model by name, or by names with dots between them (`models.lr`); a name that itself
 * holds a dot is tried whole first. `undefined` where there is none.
 */
export function findPart(loaded: LoadedModel, name: string): LoadedModel | undefined {
  const whole = loaded.parts?.get(name);
  if (whole !== undefined || loaded.parts === undefined) return whole;
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const head = loaded.parts.get(name.slice(0, dot));
    const found = head && findPart(head, name.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
