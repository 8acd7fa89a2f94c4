import type { Expression } from '../../formats/torchscript/code-ast.ts';
import type { ScriptValue } from './script-value.ts';

/**
 * Whether a value is of a type, or of one of a tuple or list of types, as code writes them. `undefined` where that
 * cannot be told.
 */
export function isInstance(value: ScriptValue, type: Expression): boolean | undefined {
  if (type.kind === 'tuple' || type.kind === 'list') {
    const each = new Set(type.items.map((item) => isInstance(value, item)));
    return each.has(true) ? true : each.has(undefined) ? undefined : false;
  }
  if (value.kind === 'lost') return undefined;
  const name = nameOf(type);
  switch (name) {
    case 'Tensor':
      return value.kind === 'box';
    case 'NoneType':
    case 'None':
      return value.kind === 'none';
    case 'int':
      return value.kind === 'int' || (value.kind === 'number' && value.value.dtype === 'int64');
    case 'float':
      return value.kind === 'float' || (value.kind === 'number' && value.value.dtype === 'float64');
    case 'bool':
      return value.kind === 'bool' || (value.kind === 'number' && value.value.dtype === 'bool');
    case 'str':
      return value.kind === 'string';
    case 'List':
    case 'list':
      return value.kind === 'list';
    case 'Tuple':
    case 'tuple':
      return value.kind === 'tuple';
    case 'Dict':
    case 'dict':
      return value.kind === 'dict';
    case 'Optional': {
      const inner = type.kind === 'index' ? type.index : undefined;
      return value.kind === 'none' ? true : inner === undefined ? undefined : isInstance(value, inner);
    }
    default:
      return value.kind === 'object' ? value.type?.path === name : false;
  }
}

/** The dotted name of a type, without what it is a container of. */
function nameOf(type: Expression): string {
  switch (type.kind) {
    case 'name':
      return type.name;
    case 'none':
      return 'None';
    case 'attribute':
      return `${nameOf(type.of)}.${type.name}`;
    case 'index':
      return nameOf(type.of);
    default:
      return '';
  }
}
