import { MetadataError } from '../errors/metadata-error.ts';
import type { GraphRoles } from '../onnx/graph-roles.ts';
import type { Label, Task } from '../spec/model.ts';
import type { GraphValue } from './graph-value.ts';
import type { OutputRoles } from './row-methods.ts';

/** Roles that metadata may give; `variable` is skl2onnx's name for what a regressor predicts. */
const ROLES = new Map<string, keyof OutputRoles>([
  ['label', 'label'],
  ['probabilities', 'probabilities'],
  ['scores', 'scores'],
  ['value', 'value'],
  ['variable', 'value'],
  ['transform', 'transform'],
]);

/** The roles in force and the task that they make. */
export interface ResolvedRoles {
  readonly roles: OutputRoles;
  readonly task: Task;
}

/**
 * The roles recognised in the graph, with those of the metadata over them. A graph without any,
 * but with a single output of one value or one vector per row, predicts that output.
 *
 * @throws `ML_METADATA_INVALID` for a role or an output that does not exist
 */
export function resolveRoles(
  graph: GraphRoles,
  outputs: readonly GraphValue[],
  stated: Readonly<Record<string, string>> | undefined,
): ResolvedRoles {
  const { task, classes, ...found } = graph;
  if (stated === undefined || Object.keys(stated).length === 0) {
    const [only] = outputs;
    const bare = Object.keys(found).length === 0 && outputs.length === 1 && only !== undefined && isPerRow(only);
    return bare ? { roles: { value: only.name }, task } : { roles: found, task };
  }
  const names = new Set(outputs.map((output) => output.name));
  const given = new Map<keyof OutputRoles, string>();
  for (const [key, output] of Object.entries(stated)) {
    const role = ROLES.get(key);
    if (role === undefined) throw invalid(key, `is no role; roles are ${[...ROLES.keys()].join(', ')}`);
    if (!names.has(output)) throw invalid(key, `names "${output}", the model's outputs are ${[...names].join(', ')}`);
    given.set(role, output);
  }
  const claimed = new Set(given.values());
  const kept = Object.entries(found).filter(([, output]) => typeof output !== 'string' || !claimed.has(output));
  const roles: OutputRoles = { ...Object.fromEntries(kept), ...Object.fromEntries(given) };
  return { roles, task: taskOf(roles, classes) ?? task };
}

/** One value or one vector per row, for a free number of rows. */
function isPerRow({ shape }: GraphValue): boolean {
  return shape !== undefined && (shape.length === 1 || shape.length === 2) && typeof shape[0] !== 'number';
}

function taskOf(roles: OutputRoles, classes: readonly Label[] | undefined): Task | undefined {
  if (roles.label !== undefined || roles.probabilities !== undefined) {
    if (classes === undefined) return undefined;
    return classes.length === 2 ? 'binary-classification' : 'multiclass-classification';
  }
  if (roles.value !== undefined) return 'regression';
  return roles.transform === undefined ? undefined : 'transformation';
}

function invalid(key: string, problem: string): MetadataError {
  return new MetadataError('ML_METADATA_INVALID', `metadata outputs.${key} ${problem}`, { details: { role: key } });
}
