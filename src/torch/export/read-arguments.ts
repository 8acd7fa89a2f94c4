import type { AtenArgument } from '../graph/aten-graph.ts';
import { unsupportedExport } from './export-problem.ts';
import type { JsonNode } from './json-node.ts';
import { scalarTypeName } from './scalar-types.ts';

const value = (node: JsonNode): AtenArgument => ({ kind: 'value', name: node.need('name').text() });
const int = (node: JsonNode): AtenArgument => ({ kind: 'int', value: node.int() });
const float = (node: JsonNode): AtenArgument => ({ kind: 'float', value: node.float() });
const bool = (node: JsonNode): AtenArgument => ({ kind: 'bool', value: node.bool() });
const text = (node: JsonNode): AtenArgument => ({ kind: 'string', value: node.text() });
const placement = (node: JsonNode): AtenArgument => ({ kind: 'placement', value: JSON.stringify(node.value) });
const none = (): AtenArgument => ({ kind: 'none' });

type Read = (node: JsonNode) => AtenArgument;

function listOf(read: Read): Read {
  return (node) => ({ kind: 'list', items: node.list().map(read) });
}

/** A number that is known, or the name of one that is not. */
function symbolic(node: JsonNode): AtenArgument {
  const [kind, item] = node.union();
  if (kind === 'as_name') return { kind: 'value', name: item.text() };
  return kind === 'as_int' ? int(item) : kind === 'as_float' ? float(item) : bool(item);
}

function optional(node: JsonNode): AtenArgument {
  const [kind, item] = node.union();
  return kind === 'as_none' ? none() : value(item);
}

const KINDS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['as_none', none],
  ['as_tensor', value],
  ['as_tensors', listOf(value)],
  ['as_nested_tensors', listOf(listOf(value))],
  ['as_optional_tensor', optional],
  ['as_optional_tensors', listOf(optional)],
  ['as_int', int],
  ['as_ints', listOf(int)],
  ['as_int_lists', listOf(listOf(int))],
  ['as_float', float],
  ['as_floats', listOf(float)],
  ['as_float_lists', listOf(listOf(float))],
  ['as_bool', bool],
  ['as_bools', listOf(bool)],
  ['as_string', text],
  ['as_strings', listOf(text)],
  ['as_sym_int', symbolic],
  ['as_sym_ints', listOf(symbolic)],
  ['as_sym_float', symbolic],
  ['as_sym_floats', listOf(symbolic)],
  ['as_sym_bool', symbolic],
  ['as_sym_bools', listOf(symbolic)],
  ['as_scalar_type', (node) => ({ kind: 'dtype', value: scalarTypeName(node) })],
  ['as_memory_format', placement],
  ['as_layout', placement],
  ['as_device', placement],
  [
    'as_complex',
    (node) => ({ kind: 'complex', real: node.need('real').float(), imaginary: node.need('imag').float() }),
  ],
]);

/**
 * One argument of a call.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for objects of the user's own classes and whatever a later version adds
 */
export function readArgument(node: JsonNode): AtenArgument {
  const [kind, item] = node.union();
  const read = KINDS.get(kind);
  if (read === undefined) {
    throw unsupportedExport(`${node.path}: arguments of the kind ${kind.replace(/^as_/, '')} are not supported`, {
      kind,
    });
  }
  return read(item);
}
