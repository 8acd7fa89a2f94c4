import { FormatError } from '../errors/format-error.ts';
import type { MetaGraph, NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import type { TensorLike } from '../spec/tensor.ts';
import { Attributes } from './attributes.ts';
import { type EffectsOf, eachEffect, type Source } from './effects.ts';
import { handleName } from './handle-name.ts';
import { initialNodes } from './initial-nodes.ts';
import { tableOfText } from './table-of-text.ts';

/** Content of a model's own files, by name. */
export type TableFiles = ReadonlyMap<string, Uint8Array>;

/** What a table holds when the model has been initialized. */
export interface FilledTable {
  readonly keys: TensorLike;
  readonly values: TensorLike;
}

/** Tables by name, as the nodes that initialize the model fill them: from constants, or from a file of the model. */
export function filledTables(
  walk: EffectsOf,
  metaGraph: MetaGraph,
  files: TableFiles,
): ReadonlyMap<string, FilledTable> {
  const tables = new Map<string, FilledTable>();
  const { context } = walk;
  const initial = initialNodes(metaGraph);
  const assigned = new Map<string, Source>();
  eachEffect(walk, initial, ({ node, input }) => {
    const [handle, value] = [input(0)?.node, input(1)];
    if (node.op === 'AssignVariableOp' && handle !== undefined && value !== undefined) assigned.set(handle.name, value);
  });
  eachEffect(walk, initial, ({ node, input }) => {
    const handle = input(0)?.node;
    if (handle === undefined) return;
    if (/^(InitializeTable|LookupTableImport)(V2)?$/.test(node.op)) {
      const [keys, values] = [constant(input(1), walk), constant(input(2), walk)];
      if (keys !== undefined && values !== undefined) tables.set(handleName(handle, context), { keys, values });
    }
    if (/^InitializeTableFromTextFile(V2)?$/.test(node.op)) {
      const file = fileOf(throughVariable(input(1), assigned)?.node, { walk, metaGraph, files });
      tables.set(
        handleName(handle, context),
        tableOfText(new Attributes(node, context), new Attributes(handle, context), file),
      );
    }
  });
  return tables;
}

function constant(source: Source | undefined, { context }: EffectsOf): TensorLike | undefined {
  return source?.node.op === 'Const' ? new Attributes(source.node, context).tensor('value') : undefined;
}

/** TensorFlow 2 keeps the path of a file in a variable, which the initialization assigns. */
function throughVariable(source: Source | undefined, assigned: ReadonlyMap<string, Source>): Source | undefined {
  if (source?.node.op !== 'ReadVariableOp') return source;
  return assigned.get(source.input(0)?.node.name ?? '');
}

/** The file of the model that a tensor names: only one that belongs to the model is read. */
function fileOf(
  node: NodeDef | undefined,
  { walk, metaGraph, files }: { readonly walk: EffectsOf; readonly metaGraph: MetaGraph; readonly files: TableFiles },
): Uint8Array {
  const listed = node === undefined ? undefined : metaGraph.assets.get(`${node.name}:0`);
  const given = node?.op === 'Const' ? String(new Attributes(node, walk.context).tensor('value').data[0]) : '';
  const name = listed ?? given.split('/').at(-1) ?? '';
  const file = files.get(name);
  if (file !== undefined) return file;
  throw new FormatError(
    'ML_FORMAT_UNSAFE',
    `a table is filled from the file ${JSON.stringify(given || name)}, which does not belong to the model`,
  );
}
