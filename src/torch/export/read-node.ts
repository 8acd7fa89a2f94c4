import type { AtenArgument, AtenNode, AtenResult } from '../graph/aten-graph.ts';
import type { JsonNode } from './json-node.ts';
import { inlined } from './inline-graph.ts';
import { readArgument } from './read-arguments.ts';
import type { ValueTypes } from './value-types.ts';

const OPERATOR = /^torch\.ops\.(\w+)\.(\w+)(?:\.(\w+))?$/;
/** Operators on graphs, as PyTorch 2.4 writes some of them. */
const ON_GRAPHS = /^torch\._higher_order_ops\.(?:\w+\.)*(\w+)$/;
/** Modules whose functions are Python's operators on numbers. */
const PYTHON = /^(?:_?operator|math|builtins|torch)\.(?:_?sym_)?(\w+)$/;

/** The calls that a node of the file stands for: one, or those of the graph that it wraps. */
export function readNode(node: JsonNode, types: ValueTypes, depth = 0): readonly AtenNode[] {
  const target = node.need('target').text();
  const inputs = node.need('inputs').list();
  const place = placeOf(node);
  const outputs = node
    .need('outputs')
    .list()
    .map((output) => readResult(output, types));
  const [, namespace, name, overload = ''] = OPERATOR.exec(target) ?? [];
  const onGraphs = namespace === 'higher_order' ? name : ON_GRAPHS.exec(target)?.[1];
  if (onGraphs !== undefined) {
    return inlined({ node, name: onGraphs, inputs, outputs, place, depth, read: readNode });
  }
  const call = inputs.map((input) => [input.get('name')?.text() ?? '', readArgument(input.need('arg'))] as const);
  const positional = call.map(([, argument]) => argument);
  if (namespace === undefined || name === undefined) {
    const python = PYTHON.exec(target)?.[1];
    const key = python === undefined ? target : `python::${python}`;
    return [{ target: key, overload: '', positional, named: new Map(), outputs, place }];
  }
  const named = new Map<string, AtenArgument>(call);
  return [{ target: `${namespace}::${name}`, overload, positional: [], named, outputs, place }];
}

function readResult(node: JsonNode, types: ValueTypes): AtenResult {
  const [kind, value] = node.union();
  switch (kind) {
    case 'as_tensor':
      return tensorResult(value, types);
    case 'as_tensors':
      return { name: '', elements: value.list().map((item) => tensorResult(item, types)) };
    case 'as_optional_tensors':
      return { name: '', elements: value.list().map((item) => optionalResult(item, types)) };
    case 'as_optional_tensor':
      return optionalResult(value, types);
    case 'as_sym_int':
    case 'as_sym_float':
    case 'as_sym_bool': {
      const name = value.get('as_name')?.text() ?? '';
      return { name, symbol: types.symbols.get(name) };
    }
    case 'as_none':
      return { name: '' };
    default:
      return value.fail('is a result of an unknown kind');
  }
}

function tensorResult(node: JsonNode, { tensors }: ValueTypes): AtenResult {
  const name = node.need('name').text();
  return { name, ...tensors.get(name) };
}

function optionalResult(node: JsonNode, types: ValueTypes): AtenResult {
  const [kind, value] = node.union();
  return kind === 'as_none' ? { name: '' } : tensorResult(value, types);
}

/** The module that a call belongs to, as `model.layers.0`; the outermost one is `forward`. */
function placeOf(node: JsonNode): string {
  const innermost = modulesOf(node).at(-1);
  return innermost === undefined || innermost.path === '' ? 'forward' : innermost.path;
}

/** One level of the modules around a call. */
export interface ModulePlace {
  readonly path: string;
  readonly className: string;
}

/** The modules around a call, from the outside in. */
export function modulesOf(node: JsonNode): readonly ModulePlace[] {
  const stack = node.get('metadata')?.get('nn_module_stack')?.value;
  if (typeof stack !== 'string' || stack === '') return [];
  return stack.split(';').flatMap((level) => {
    const [, path = '', className = ''] = level.split(',');
    if (className.includes('_metadata_hook')) return [];
    return [{ path: path.replace(/^L\['?\w+'?\]\.?/, '').replace(/@\d+$/, ''), className }];
  });
}
