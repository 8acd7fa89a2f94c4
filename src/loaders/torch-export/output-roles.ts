import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { OutputRoles } from '../../onnx-runner/row-methods.ts';
import { resolveRoles } from '../../onnx-runner/resolve-roles.ts';
import type { ModelMetadata } from '../../spec/metadata.ts';
import type { Task } from '../../spec/model.ts';
import type { WrittenOutput } from '../../torch/graph/translate-graph.ts';
import type { AtenInput } from '../../torch/graph/aten-graph.ts';

/**
 * What the outputs of a program mean. A program does not say; the metadata may. Without it, a single output that has
 * one entry per row is what `predict` gives.
 */
export function outputRoles(
  { inputs, outputs }: { readonly inputs: readonly AtenInput[]; readonly outputs: readonly WrittenOutput[] },
  metadata: ModelMetadata | undefined,
): { readonly roles: OutputRoles; readonly task: Task } {
  const stated = metadata?.outputs;
  const task: Task = 'unknown';
  if (stated === undefined || Object.keys(stated).length === 0) {
    const [only] = outputs;
    const perRow = outputs.length === 1 && only !== undefined && followsRows(only.shape, inputs);
    return { roles: perRow ? { value: only.written } : {}, task };
  }
  const names = new Map(outputs.map(({ name, written }) => [name, written]));
  const values = outputs.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const resolved = resolveRoles({ task, classes: metadata?.classes }, values, stated);
  const roles = Object.entries(resolved.roles).map(([role, name]) => [role, names.get(String(name)) ?? name]);
  return { roles: Object.fromEntries(roles) as OutputRoles, task: resolved.task };
}

/** Whether the first extent is that of every input. */
function followsRows(shape: readonly Extent[] | undefined, inputs: readonly AtenInput[]): boolean {
  const rows = shape?.[0];
  if (rows === undefined || rows === null || inputs.length === 0) return false;
  return inputs.every((input) => input.shape?.[0] === rows);
}
