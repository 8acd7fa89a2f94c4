import type { AtenArgument, AtenNode } from './aten-graph.ts';

/** Operators whose result is the same memory. */
const VIEWS = new Set(
  (
    'alias detach select slice narrow view view_as transpose t permute squeeze unsqueeze expand expand_as unflatten ' +
    'movedim moveaxis swapaxes swapdims numpy_T mT split split_with_sizes chunk unbind unfold diagonal ' +
    'dropout feature_dropout alpha_dropout positive lift_fresh tensor_split real'
  ).split(' '),
);
/** Operators whose result is the same memory where that is possible, and a copy elsewhere. */
const UNCERTAIN = new Set([
  'reshape',
  'reshape_as',
  'flatten',
  'ravel',
  'contiguous',
  'to',
  '_to_copy',
  'float',
  'double',
  'long',
  'type_as',
]);
/** Names that end like those of writing operators; they change nothing that is computed. */
const NO_WRITES = new Set(['requires_grad_', 'detach_']);

const NAMESPACE = 'aten::';

function nameOf({ target }: AtenNode): string {
  return target.startsWith(NAMESPACE) ? target.slice(NAMESPACE.length) : '';
}

/** Whether a call changes its first argument. */
export function isWrite(node: AtenNode): boolean {
  const name = nameOf(node);
  return name.endsWith('_') && !name.endsWith('__') && !NO_WRITES.has(name);
}

/** How the results of a call share memory with its first argument; `undefined` for not at all. */
export function viewKind(node: AtenNode): 'certain' | 'uncertain' | undefined {
  const name = nameOf(node);
  if (VIEWS.has(name) || NO_WRITES.has(name)) return 'certain';
  return UNCERTAIN.has(name) ? 'uncertain' : undefined;
}

/** The name of the tensor that a call views or writes. */
export function selfOf(node: AtenNode): string | undefined {
  const argument = argumentOf(node, 'self', 0) ?? node.named.get('input');
  return argument?.kind === 'value' ? argument.name : undefined;
}

/** An argument by name or place. */
export function argumentOf(node: AtenNode, name: string, place: number): AtenArgument | undefined {
  return node.named.get(name) ?? node.positional[place];
}
