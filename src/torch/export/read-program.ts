import { FormatError } from '../../errors/format-error.ts';
import type { Limits } from '../../spec/limits.ts';
import type { AtenArgument, AtenInput, AtenNode, AtenOutput } from '../graph/aten-graph.ts';
import { badExport, unsupportedExport } from './export-problem.ts';
import type { JsonNode } from './json-node.ts';
import { readArgument } from './read-arguments.ts';
import { type ModulePlace, modulesOf, readNode } from './read-node.ts';
import { readValueTypes, type ValueTypes } from './value-types.ts';
import { type OutputTree, readTreeSpec } from './tree-spec.ts';

/** Schema versions from PyTorch 2.1 on; a later major version may mean something else by the same words. */
const SCHEMA_VERSIONS = { first: 1, last: 8 } as const;

/** A tensor that the program does not get from its caller. */
export interface StoredInput {
  readonly kind: 'parameter' | 'buffer' | 'constant';
  /** Its name in the module: `encoder.layers.0.weight`. */
  readonly name: string;
}

/** What a file says of a program; its weights are not read yet. */
export interface ExportedProgram {
  readonly torchVersion: string;
  readonly schemaVersion: string;
  readonly inputs: readonly AtenInput[];
  /** Arguments that the program was exported with and that cannot be others: value name to constant. */
  readonly constants: ReadonlyMap<string, AtenArgument>;
  readonly stored: ReadonlyMap<string, StoredInput>;
  readonly nodes: readonly AtenNode[];
  readonly outputs: readonly AtenOutput[];
  /** Values that buffers have after a call. */
  readonly mutations: readonly BufferMutation[];
  /** Bounds of extents by symbol; `null` is none. */
  readonly ranges: ReadonlyMap<string, { readonly min: number | null; readonly max: number | null }>;
  /** Classes of modules by path. */
  readonly modules: ReadonlyMap<string, string>;
  readonly operators: ReadonlyMap<string, number>;
}

export interface BufferMutation {
  readonly buffer: string;
  readonly value: AtenArgument;
}

/**
 * Reads the program of an archive.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
 */
export function readProgram(document: JsonNode, limits: Limits): ExportedProgram {
  const schemaVersion = versionOf(document.need('schema_version'));
  const graphModule = document.need('graph_module');
  const graph = graphModule.need('graph');
  const signature = graphModule.need('signature');
  const types = readValueTypes(graph);
  const nodes = graph.need('nodes').list();
  if (nodes.length > limits.maxElements) {
    throw new FormatError('ML_FORMAT_LIMIT', `${nodes.length} calls, the limit is ${limits.maxElements}`, {
      details: { limit: 'limits.maxElements', value: limits.maxElements },
    });
  }
  return {
    torchVersion: document.get('torch_version')?.text() ?? 'before 2.5',
    schemaVersion,
    ...readInputs(signature, types),
    nodes: nodes.flatMap((node) => readNode(node, types)),
    ...readOutputs(graph, signature, { tree: treeOf(graphModule), types }),
    ranges: readRanges(document),
    modules: new Map(nodes.flatMap(modulesOf).map(({ path, className }: ModulePlace) => [path, className])),
    operators: counted(
      nodes.map((node) =>
        node
          .need('target')
          .text()
          .replace(/^torch\.ops\./, ''),
      ),
    ),
  };
}

function versionOf(node: JsonNode): string {
  // Until 2.2 a number alone.
  const major = typeof node.value === 'number' ? node.int() : node.need('major').int();
  const text = typeof node.value === 'number' ? String(major) : `${major}.${node.need('minor').int()}`;
  if (major < SCHEMA_VERSIONS.first || major > SCHEMA_VERSIONS.last) {
    throw unsupportedExport(
      `schema version ${text} is not known (known: ${SCHEMA_VERSIONS.first} to ${SCHEMA_VERSIONS.last})`,
    );
  }
  return text;
}

function readInputs(
  signature: JsonNode,
  { tensors, symbols }: ValueTypes,
): Pick<ExportedProgram, 'inputs' | 'constants' | 'stored'> {
  const inputs: AtenInput[] = [];
  const constants = new Map<string, AtenArgument>();
  const stored = new Map<string, StoredInput>();
  const store = (spec: JsonNode, kind: StoredInput['kind'], key: string): void => {
    stored.set(spec.need('arg').need('name').text(), { kind, name: spec.need(key).text() });
  };
  for (const node of signature.need('input_specs').list()) {
    const [kind, spec] = node.union();
    switch (kind) {
      case 'parameter':
        store(spec, 'parameter', 'parameter_name');
        break;
      case 'buffer':
        store(spec, 'buffer', 'buffer_name');
        break;
      case 'tensor_constant':
        store(spec, 'constant', 'tensor_constant_name');
        break;
      case 'constant_input':
        constants.set(spec.need('name').text(), readArgument(spec.need('value')));
        break;
      case 'user_input': {
        const argument = readArgument(spec.need('arg'));
        if (argument.kind !== 'value') break;
        const { name } = argument;
        const isNumber = spec.need('arg').get('as_tensor') === undefined;
        inputs.push({
          name,
          ...(isNumber ? { dtype: 'int64', shape: [], number: symbols.get(name) ?? name } : tensors.get(name)),
        });
        break;
      }
      default:
        throw unsupportedExport(`${node.path}: inputs of the kind ${kind} are not supported`, { kind });
    }
  }
  return { inputs, constants, stored };
}

function treeOf(graphModule: JsonNode): OutputTree | undefined {
  const calls = graphModule.get('module_call_graph')?.list() ?? [];
  const root = calls.find((call) => call.get('fqn')?.value === '')?.get('signature');
  const text = root?.get('out_spec')?.value;
  if (typeof text !== 'string' || text === '') return undefined;
  const tuples = graphModule.get('treespec_namedtuple_fields')?.entries() ?? [];
  return readTreeSpec(
    text,
    new Map(
      tuples.map(([type, node]) => [
        type,
        node
          .need('field_names')
          .list()
          .map((name) => name.text()),
      ]),
    ),
  );
}

function readOutputs(
  graph: JsonNode,
  signature: JsonNode,
  { tree, types: { tensors } }: { readonly tree: OutputTree | undefined; readonly types: ValueTypes },
): Pick<ExportedProgram, 'outputs' | 'mutations'> {
  const values = graph.need('outputs').list().map(readArgument);
  const specs = signature.need('output_specs').list();
  if (values.length !== specs.length)
    throw badExport(`${values.length} results of the graph, ${specs.length} in its signature`);
  const outputs: AtenOutput[] = [];
  const mutations: BufferMutation[] = [];
  for (const [i, node] of specs.entries()) {
    const value = values[i] as AtenArgument;
    const [kind, spec] = node.union();
    switch (kind) {
      case 'user_output': {
        const path = tree?.named === true ? tree.paths[outputs.length] : undefined;
        const type = value.kind === 'value' ? tensors.get(value.name) : undefined;
        outputs.push({ value, name: path === undefined ? `output_${outputs.length}` : path.join('.'), ...type });
        break;
      }
      case 'buffer_mutation':
        mutations.push({ buffer: spec.need('buffer_name').text(), value });
        break;
      // What happens to a caller's tensor does not change what is given back.
      case 'user_input_mutation':
        break;
      default:
        throw unsupportedExport(
          `${node.path}: results of the kind ${kind} are not supported; export the model in eval mode`,
        );
    }
  }
  return { outputs, mutations };
}

function readRanges(document: JsonNode): ExportedProgram['ranges'] {
  const entries = document.get('range_constraints')?.entries() ?? [];
  return new Map(
    entries.map(([symbol, node]) => [
      symbol,
      { min: node.get('min_val')?.int() ?? null, max: node.get('max_val')?.int() ?? null },
    ]),
  );
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
