/**
 * What PyTorch looks up or evaluates when it loads a program, by the key that it stands under. `torch.export.load` is no
 * reader of untrusted files: it follows dotted names through Python's modules, evaluates extents as Python expressions
 * and writes Python code with the names of values in it. Nothing but these forms is handed to it.
 */
const FORMS: ReadonlyMap<string, RegExp> = new Map([
  [
    'target',
    /^(?:torch\.ops\.aten\.(?!from_file|save)\w+\.\w+|torch\.ops\.prims\.\w+\.\w+|torch\.ops\.higher_order\.(?:cond|while_loop|scan|wrap_with_set_grad_enabled|wrap_with_autocast)|_operator\.(?:add|sub|mul|truediv|floordiv|mod|pow|neg|pos|getitem|eq|ne|lt|le|gt|ge|and_|or_|not_|xor)|math\.(?:ceil|floor|trunc|sqrt|pow)|torch\.sym_(?:int|float|max|min|not|sqrt|ite))$/,
  ],
  ['name', /^[A-Za-z_]\w*$/],
  [
    'expr_str',
    /^(?:[\s\d+\-*/(),.<>=!&|~]|Symbol\('[A-Za-z]\w*'|(?:positive|integer|nonnegative|nonzero|real|finite)=True|[su]\d+\b|(?:FloorDiv|CleanDiv|CeilDiv|IntTrueDiv|FloatTrueDiv|PythonMod|Mod|Max|Min|TruncToInt|CeilToInt|FloorToInt|PowByNatural|Eq|Ne|Lt|Le|Gt|Ge|And|Or|Not)\()*$/,
  ],
  ['parameter_name', /^[\w.]*$/],
  ['buffer_name', /^[\w.]*$/],
  ['tensor_constant_name', /^[\w.]*$/],
  ['fqn', /^[\w.@]*$/],
  // Trees of containers: no class of any module but Python's own is named.
  ['in_spec', /^(?:(?!__enum__|__import__)[^.\\]|builtins\.|collections\.|\d\.\d)*$/],
  ['out_spec', /^(?:(?!__enum__|__import__)[^.\\]|builtins\.|collections\.|\d\.\d)*$/],
]);
/** Keys of objects by name of a class, which Python would make. */
const OBJECTS = /^(?:as_custom_obj|custom_obj|as_script_obj|treespec_namedtuple_fields)$/;
/** Keys whose entries are named by the file, with the form of such a name. */
const NAMED = /^(?:tensor_values|sym_int_values|sym_float_values|sym_bool_values|range_constraints)$/;

const ROOT = 'the program';

interface Place {
  readonly value: unknown;
  readonly path: string;
  /** Whether its keys are names that the file chose. */
  readonly named: boolean;
}

/**
 * The first place of a program that PyTorch may not be handed, or `undefined`.
 *
 * @param document the program's JSON
 */
export function foreignProgram(document: unknown): string | undefined {
  const waiting: Place[] = [{ value: document, path: ROOT, named: false }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path, named } = next;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (!named && isNote(key, value, path)) continue;
      const place = `${path}.${key}`;
      if (key === 'use_pickle' && inner !== false) return `${place} is read with pickle`;
      if (OBJECTS.test(key) && !isEmpty(inner)) return `${place} is an object that Python would make`;
      const form = FORMS.get(key);
      if (form !== undefined && typeof inner === 'string' && !form.test(inner)) {
        return `${place} is ${JSON.stringify(inner.slice(0, 200))}`;
      }
      if (NAMED.test(key) && typeof inner === 'object' && inner !== null) {
        const odd = Object.keys(inner).find((name) => !/^[A-Za-z_]\w*$/.test(name));
        if (odd !== undefined) return `${place} has the name ${JSON.stringify(odd.slice(0, 200))}`;
      }
      waiting.push({ value: inner, path: place, named: !named && NAMED.test(key) });
    }
  }
  return undefined;
}

/** What PyTorch keeps for people, and the worker throws away: where a call came from, conditions as code. */
function isNote(key: string, parent: object, path: string): boolean {
  if (key === 'guards_code') return path === ROOT;
  return key === 'metadata' && typeof (parent as { target?: unknown }).target === 'string';
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
