import { FormatError } from '../../errors/format-error.ts';
import { isRecord, own, shown } from '../model/layer-config.ts';

/** Names of classes whose construction would run code of the file, or open another file. */
const UNSAFE_CLASSES: ReadonlyMap<string, string> = new Map([
  ['__lambda__', 'carries Python bytecode'],
  ['Lambda', 'runs Python code that the file carries'],
  ['TFSMLayer', 'loads a SavedModel from a path in the file'],
]);
/** A wrapped function of Keras 3 that Python would import and call. */
const UNSAFE_MODULES =
  /^(os|sys|subprocess|builtins|posix|nt|shutil|importlib|runpy|pickle|socket|keras\.utils|keras\.src\.utils\.file_utils|keras\.src\.utils)(\.|$)/;
const SAFE_BUILTINS: ReadonlySet<string> = new Set([
  'slice',
  'tuple',
  'list',
  'dict',
  'int',
  'float',
  'bool',
  'str',
  'Ellipsis',
  'NoneType',
]);
/** Problems of one document; more would not tell more. */
const MAX_PROBLEMS = 50;

/**
 * Looks through a whole document, what no layer reads included, for what would run code or open files
 * in Keras. Nothing of it is ever run here; the file is refused for what it would do elsewhere.
 */
export function auditDocument(document: unknown, root: string): readonly FormatError[] {
  const problems: FormatError[] = [];
  const queue: (readonly [unknown, string])[] = [[document, root]];
  for (let next = queue.pop(); next !== undefined && problems.length < MAX_PROBLEMS; next = queue.pop()) {
    const [value, place] = next;
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries())
        if (typeof item === 'object' && item !== null) queue.push([item, `${place}[${i}]`]);
    } else if (isRecord(value)) {
      const problem = problemOf(value, place);
      if (problem !== undefined) problems.push(problem);
      for (const key of Object.keys(value)) {
        const item = value[key];
        if (typeof item === 'object' && item !== null) queue.push([item, `${place}.${key}`]);
      }
    }
  }
  return problems;
}

function problemOf(value: Readonly<Record<string, unknown>>, place: string): FormatError | undefined {
  const className = own(value, 'class_name');
  if (typeof className !== 'string') return undefined;
  const config = own(value, 'config');
  const name = isRecord(config) ? own(config, 'name') : undefined;
  const what = `${className}${typeof name === 'string' ? ` ${JSON.stringify(name)}` : ''} at ${place}`;
  const reason = UNSAFE_CLASSES.get(className);
  if (reason !== undefined) return unsafe(`${what} ${reason}; replace it by Keras layers`);
  const module = own(value, 'module');
  if (typeof module === 'string' && UNSAFE_MODULES.test(module)) {
    const called = className === 'function' ? config : className;
    if (module === 'builtins' && (className === 'function' ? isActivationName(config) : SAFE_BUILTINS.has(className)))
      return undefined;
    if (/^keras\.(src\.)?utils/.test(module) && !/get_file|file_utils/.test(`${module}.${String(called)}`))
      return undefined;
    return unsafe(`${what} calls ${module}.${typeof called === 'string' ? called : shown(called)}`);
  }
  if (isRecord(config) && /^(StringLookup|IntegerLookup|TextVectorization|IndexLookup|Hashing)$/.test(className)) {
    const vocabulary = own(config, 'vocabulary');
    if (typeof vocabulary === 'string')
      return unsafe(`${what} reads its vocabulary from the file ${shown(vocabulary)}; give it as a list`);
  }
  return undefined;
}

/** A function of Keras is stored as one of `builtins` with its bare name. */
function isActivationName(config: unknown): boolean {
  return (
    typeof config === 'string' &&
    !/^(eval|exec|compile|open|__import__|getattr|setattr|delattr|globals|locals|vars|breakpoint|input)$/.test(config)
  );
}

function unsafe(what: string): FormatError {
  return new FormatError('ML_FORMAT_UNSAFE', `Keras model: ${what}`);
}
