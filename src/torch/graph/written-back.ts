import { UnsupportedCall } from '../operators/unsupported.ts';
import type { AtenArgument, AtenNode } from './aten-graph.ts';
import { argumentOf } from './view-kinds.ts';

/** A write to a view. */
export interface ViewWrite {
  /** What it is a view of, by name. */
  readonly parent: string;
  /** The view's new value, by name. */
  readonly value: string;
  /** Which of several views of one call. */
  readonly element: number | undefined;
}

type Arguments = Readonly<Record<string, AtenArgument | undefined>>;
type WriteBack = (node: AtenNode, write: ViewWrite) => AtenNode;

const named = (name: string): AtenArgument => ({ kind: 'value', name });
const int = (value: number): AtenArgument => ({ kind: 'int', value });

function call(node: AtenNode, target: string, given: Arguments): AtenNode {
  const present = Object.entries(given).filter((entry): entry is [string, AtenArgument] => entry[1] !== undefined);
  return {
    target: `aten::${target}`,
    overload: '',
    positional: [],
    named: new Map(present),
    outputs: [],
    place: node.place,
  };
}

/** The elements are the same in the same order. */
const reshaped: WriteBack = (node, { parent, value }) =>
  call(node, 'reshape_as', { self: named(value), other: named(parent) });

/** The view is its own inverse. */
const again =
  (...names: readonly string[]): WriteBack =>
  (node, { value }) =>
    call(node, node.target.replace('aten::', ''), {
      self: named(value),
      ...Object.fromEntries(names.map((name, i) => [name, argumentOf(node, name, i + 1)])),
    });

const same: WriteBack = (node, { value }) => call(node, 'alias', { self: named(value) });

function permuted(node: AtenNode, { value }: ViewWrite): AtenNode {
  const dims = argumentOf(node, 'dims', 1);
  const order =
    dims?.kind === 'list' ? dims.items.map((item) => (item.kind === 'int' ? Number(item.value) : Number.NaN)) : [];
  const axes = order.map((dim) => (dim < 0 ? dim + order.length : dim));
  const inverse = axes.map((_, i) => axes.indexOf(i));
  return call(node, 'permute', { self: named(value), dims: { kind: 'list', items: inverse.map(int) } });
}

function moved(node: AtenNode, { value }: ViewWrite): AtenNode {
  return call(node, 'movedim', {
    self: named(value),
    source: argumentOf(node, 'destination', 2),
    destination: argumentOf(node, 'source', 1),
  });
}

function selected(node: AtenNode, { parent, value }: ViewWrite): AtenNode {
  return call(node, 'select_scatter', {
    self: named(parent),
    src: named(value),
    dim: argumentOf(node, 'dim', 1),
    index: argumentOf(node, 'index', 2),
  });
}

function sliced(node: AtenNode, { parent, value }: ViewWrite): AtenNode {
  return call(node, 'slice_scatter', {
    self: named(parent),
    src: named(value),
    dim: argumentOf(node, 'dim', 1),
    start: argumentOf(node, 'start', 2),
    end: argumentOf(node, 'end', 3),
    step: argumentOf(node, 'step', 4),
  });
}

function numberOf(argument: AtenArgument | undefined): number {
  if (argument?.kind === 'int') return Number(argument.value);
  throw new UnsupportedCall('writes to a view whose place depends on the input');
}

function narrowed(node: AtenNode, { parent, value }: ViewWrite): AtenNode {
  const start = numberOf(argumentOf(node, 'start', 2));
  const length = numberOf(argumentOf(node, 'length', 3));
  if (start < 0) throw new UnsupportedCall('writes to a view that is counted from the end');
  return call(node, 'slice_scatter', {
    self: named(parent),
    src: named(value),
    dim: argumentOf(node, 'dim', 1),
    start: int(start),
    end: int(start + length),
  });
}

function unbound(node: AtenNode, { parent, value, element }: ViewWrite): AtenNode {
  return call(node, 'select_scatter', {
    self: named(parent),
    src: named(value),
    dim: argumentOf(node, 'dim', 1) ?? int(0),
    index: int(element ?? 0),
  });
}

function split(node: AtenNode, { parent, value, element = 0 }: ViewWrite): AtenNode {
  const sizes = argumentOf(node, 'split_size', 1) ?? argumentOf(node, 'split_sizes', 1);
  const each = sizes?.kind === 'list' ? sizes.items.map(numberOf) : undefined;
  const start = each === undefined ? element * numberOf(sizes) : each.slice(0, element).reduce((a, b) => a + b, 0);
  return call(node, 'slice_scatter', {
    self: named(parent),
    src: named(value),
    dim: argumentOf(node, 'dim', 2) ?? int(0),
    start: int(start),
    end: int(start + (each?.[element] ?? numberOf(sizes))),
  });
}

const WRITE_BACKS: ReadonlyMap<string, WriteBack> = new Map<string, WriteBack>([
  ...[
    'alias',
    'detach',
    'detach_',
    'dropout',
    'feature_dropout',
    'alpha_dropout',
    'positive',
    'lift_fresh',
    'real',
  ].map((name) => [name, same] as const),
  ...['view', 'view_as', 'squeeze', 'unsqueeze', 'unflatten'].map((name) => [name, reshaped] as const),
  ['transpose', again('dim0', 'dim1')],
  ['swapdims', again('dim0', 'dim1')],
  ['swapaxes', again('axis0', 'axis1')],
  ['t', again()],
  ['numpy_T', again()],
  ['mT', again()],
  ['permute', permuted],
  ['movedim', moved],
  ['moveaxis', moved],
  ['select', selected],
  ['slice', sliced],
  ['narrow', narrowed],
  ['unbind', unbound],
  ['split', split],
  ['split_with_sizes', split],
]);

/**
 * The call that gives what a view belongs to after the view was written; its outputs are left to the caller.
 *
 * @throws `UnsupportedCall` for a view that no operator writes back
 */
export function writtenBack(node: AtenNode, write: ViewWrite): AtenNode {
  const back = WRITE_BACKS.get(node.target.replace('aten::', ''));
  if (back === undefined) throw new UnsupportedCall(`writes to the result of ${node.target}`);
  return back(node, write);
}
