import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { AtenType } from '../graph/aten-graph.ts';
import type { JsonNode } from './json-node.ts';
import { scalarTypeName } from './scalar-types.ts';
import { dtypeOf } from '../graph/dtypes.ts';

const SYMBOL = /Symbol\('(\w+)'[^)]*\)/g;

/**
 * An extent: a number, or the text of its expression with the assumptions about symbols left out.
 * Equal texts are equal extents.
 */
export function extentOf(node: JsonNode): Extent {
  const [kind, value] = node.union();
  if (kind === 'as_int') return value.int();
  return value.need('expr_str').text().replaceAll(SYMBOL, '$1').replaceAll(' ', '');
}

/** Element type and extents of a tensor, as far as they have a form here. */
export function typeOf(meta: JsonNode): AtenType {
  const dtype = dtypeOf(scalarTypeName(meta.need('dtype')));
  return { dtype, shape: meta.need('sizes').list().map(extentOf) };
}

/** Whether an extent is a plain name, as people give dimensions. */
export function isName(extent: Extent): boolean {
  return typeof extent === 'string' && /^\w+$/.test(extent);
}
