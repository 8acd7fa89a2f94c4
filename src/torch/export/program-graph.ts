import type { AtenArgument, AtenGraph, AtenNode } from '../graph/aten-graph.ts';
import { functionalize } from '../graph/functionalize.ts';
import { argumentsOf, liveNodes, namesOf } from '../graph/live-nodes.ts';
import type { TensorLike } from '../../spec/tensor.ts';
import { UnsupportedCall } from '../operators/unsupported.ts';
import type { ExportArchive } from './export-archive.ts';
import { unsupportedExport } from './export-problem.ts';
import type { ExportedProgram, StoredInput } from './read-program.ts';
import { readWeights, type ReadWeightsOptions } from './read-weights.ts';

/**
 * A program with its weights, as the translator takes it. Only weights that a result depends on are read.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for a program that changes its own buffers, and what `readWeights` raises
 */
export async function programGraph(
  archive: ExportArchive,
  program: ExportedProgram,
  options: ReadWeightsOptions,
): Promise<AtenGraph> {
  refuseState(program);
  const { constants, inputs, stored } = program;
  const known = (argument: AtenArgument): AtenArgument => {
    if (argument.kind === 'list') return { kind: 'list', items: argument.items.map(known) };
    return argument.kind === 'value' ? (constants.get(argument.name) ?? argument) : argument;
  };
  const fill = (node: AtenNode): AtenNode => ({
    ...node,
    positional: node.positional.map(known),
    named: new Map(Array.from(node.named, ([name, argument]) => [name, known(argument)])),
  });
  const nodes = constants.size === 0 ? program.nodes : program.nodes.map(fill);
  const outputs = program.outputs.map(({ name, value }) => ({ name, value: known(value) }));
  const whole = { inputs, tensors: new Map<string, TensorLike>(), nodes, outputs };
  const bare = functionalized(whole, new Set(stored.keys()));
  const used = new Set(liveNodes(bare).flatMap(argumentsOf).flatMap(namesOf));
  for (const { value } of bare.outputs) for (const name of namesOf(value)) used.add(name);
  const wanted = new Map<string, StoredInput>([...stored].filter(([name]) => used.has(name)));
  return { ...bare, tensors: await readWeights(archive, wanted, options) };
}

function functionalized(graph: AtenGraph, stored: ReadonlySet<string>): AtenGraph {
  try {
    return functionalize(graph, stored);
  } catch (error) {
    if (error instanceof UnsupportedCall) throw unsupportedExport(`the program ${error.message}`);
    throw error;
  }
}

/** A buffer that is written with anything but itself carries state from call to call. */
function refuseState({ mutations, stored }: ExportedProgram): void {
  const changed = mutations.filter(({ buffer, value }) => {
    const own = value.kind === 'value' ? stored.get(value.name) : undefined;
    return own?.kind !== 'buffer' || own.name !== buffer;
  });
  if (changed.length === 0) return;
  const names = changed.map(({ buffer }) => JSON.stringify(buffer)).join(', ');
  throw unsupportedExport(
    `each call changes the buffers ${names}, so that a result would depend on the calls before; export the model in eval mode`,
    { buffers: changed.map(({ buffer }) => buffer) },
  );
}
