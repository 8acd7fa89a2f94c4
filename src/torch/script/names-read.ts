import type { Expression, FunctionDefinition, Statement } from '../../formats/torchscript/code-ast.ts';

const known = new WeakMap<FunctionDefinition, ReadonlySet<string>>();

/** Every name that a function's code reads. */
export function namesRead(definition: FunctionDefinition): ReadonlySet<string> {
  const before = known.get(definition);
  if (before !== undefined) return before;
  const names = new Set<string>();
  const waiting: (Statement | Expression)[] = [...definition.body];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'name') names.add(next.name);
    else waiting.push(...partsOf(next));
  }
  known.set(definition, names);
  return names;
}

/** What a statement or an expression is made of, names that are only assigned to left out. */
function partsOf(part: Statement | Expression): readonly (Statement | Expression)[] {
  switch (part.kind) {
    case 'assign':
      return [part.value, ...part.targets.filter(({ kind }) => kind !== 'name')];
    case 'expression':
      return [part.value];
    case 'return':
      return part.value === undefined ? [] : [part.value];
    case 'if':
      return [part.condition, ...part.whenTrue, ...part.whenFalse];
    case 'while':
      return [part.condition, ...part.body];
    case 'for':
      return [part.over, ...part.body];
    case 'with':
      return [part.context, ...part.body];
    case 'attribute':
    case 'negative':
      return [part.of];
    case 'index':
      return [part.of, part.index];
    case 'call':
      return [part.target, ...part.positional, ...part.named.values()];
    case 'list':
    case 'tuple':
      return part.items;
    case 'dict':
      return part.entries.flat();
    case 'conditional':
      return [part.condition, part.whenTrue, part.whenFalse];
    default:
      return [];
  }
}
