import type { ModelMetadata } from '../spec/metadata.ts';
import type { GraphValue } from './graph-value.ts';
import { type ResolvedRoles, resolveRoles } from './resolve-roles.ts';

/**
 * What the outputs of a network mean, which its file does not say: with classes in the metadata, a
 * single numeric output is their probabilities; without, its values are what `predict` gives, as
 * the framework's own `predict` does. Of several outputs, those that the metadata names.
 *
 * @throws `ML_METADATA_INVALID` for a role or an output that does not exist
 */
export function networkRoles(outputs: readonly GraphValue[], metadata: ModelMetadata | undefined): ResolvedRoles {
  const [only] = outputs;
  if (metadata?.outputs !== undefined || only === undefined || outputs.length !== 1) {
    return resolveRoles({ task: 'unknown', classes: metadata?.classes }, outputs, metadata?.outputs);
  }
  const classes = metadata?.classes?.length ?? 0;
  if (classes === 0) return { roles: { value: only.name }, task: 'unknown' };
  const task = classes === 2 ? 'binary-classification' : 'multiclass-classification';
  return { roles: { probabilities: only.name }, task };
}
