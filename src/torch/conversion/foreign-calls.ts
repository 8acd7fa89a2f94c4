import type { Expression, Statement } from '../../formats/torchscript/code-ast.ts';
import type { CodeTable } from '../script/code-table.ts';

/** Functions of PyTorch that reach beyond the values of a program. */
const REACHING_OUT = new Set([
  'torch.from_file',
  'torch.save',
  'torch.load',
  'torch.manual_seed',
  'torch.set_num_threads',
  'torch.get_file_path',
]);
/** Operators of PyTorch itself; others belong to libraries, which register them when they are loaded. */
const OWN_OPERATORS = /^ops\.(?:aten|prim)\.\w+$/;

type Part = Statement | Expression;

/**
 * Names in a program's code that PyTorch may not be handed: functions that touch files, operators of other libraries
 * and classes of C++. Python's own names do not exist in the language.
 */
export function foreignCalls(code: CodeTable): readonly string[] {
  return dottedNames(code).filter(isForeign);
}

/** The operators of PyTorch's own that a program's code names, e.g. `torch.fft_rfft`. */
export function ownOperators(code: CodeTable): readonly string[] {
  return dottedNames(code).flatMap((name) => {
    const [, operator] = /^(?:torch|ops\.aten)\.(\w+)$/.exec(name) ?? [];
    return operator === undefined ? [] : [`torch.${operator}`];
  });
}

function dottedNames(code: CodeTable): readonly string[] {
  const found = new Set<string>();
  const waiting: unknown[] = [...code.all()];
  // Absent parts of the tree are `undefined`: only an empty list is the end.
  while (waiting.length > 0) {
    const part = waiting.pop();
    if (Array.isArray(part)) waiting.push(...(part as unknown[]));
    else if (part instanceof Map) waiting.push(...part.values());
    else if (typeof part === 'object' && part !== null) {
      const name = dotted(part as Part);
      if (name === undefined) waiting.push(...(Object.values(part) as unknown[]));
      else found.add(name);
    }
  }
  return [...found].toSorted();
}

function isForeign(name: string): boolean {
  if (REACHING_OUT.has(name)) return true;
  if (name.startsWith('ops.')) return !OWN_OPERATORS.test(name);
  return name.startsWith('__torch__.torch.classes.');
}

/** `torch.nn.x` of nested attributes that begin with a name; types are written as one name with dots. */
function dotted(part: Part): string | undefined {
  const names: string[] = [];
  let at = part;
  while (at.kind === 'attribute') {
    names.unshift(at.name);
    at = at.of;
  }
  if (at.kind !== 'name') return undefined;
  const name = [at.name, ...names].join('.');
  return name.includes('.') ? name : undefined;
}
