import { BUILTIN_CALLABLES } from './callables-builtin.ts';
import { LIBRARY_CALLABLES } from './callables-library.ts';
import { NUMPY_CALLABLES } from './callables-numpy.ts';
import { TORCH_CALLABLES } from './callables-torch.ts';
import type { CallableSpec } from './callable-spec.ts';
import { fullModule, isIdentifierPath, python3Name } from './global-names.ts';
import { KNOWN_CLASSES, KNOWN_VALUES } from './known-classes.ts';
import { neverReason } from './never-list.ts';
import { type GlobalStatus, PyGlobal } from './nodes.ts';
import type { GlobalUse } from './pickle-options.ts';
import { malformed, unsafe } from './problems.ts';
import type { FormatError } from '../../errors/format-error.ts';

/** The implementation of an allowed callable, by exact name. */
export function callableSpec(path: string): CallableSpec | undefined {
  return (
    BUILTIN_CALLABLES.get(path) ?? NUMPY_CALLABLES.get(path) ?? LIBRARY_CALLABLES.get(path) ?? TORCH_CALLABLES.get(path)
  );
}

/** The names of one stream: one node per name, judged when it is first seen, and how often each is used. */
export class GlobalTable {
  readonly #classes: { has(path: string): boolean } | undefined;
  readonly #report: (error: FormatError) => void;
  readonly #byName = new Map<string, { readonly node: PyGlobal; count: number }>();

  constructor(classes: { has(path: string): boolean } | undefined, report: (error: FormatError) => void) {
    this.#classes = classes;
    this.#report = report;
  }

  /**
   * The node of a name as the stream writes it. Python 2 names are translated for protocols 0 to 2, as Python does.
   * Reports `ML_FORMAT_UNSAFE` for names that are never allowed, throws `ML_FORMAT_MALFORMED` for what is no name.
   */
  resolve(written: readonly [module: string, name: string], protocol: number, offset: number): PyGlobal {
    const [writtenModule, writtenName] = written;
    if (!isIdentifierPath(writtenModule) || !isIdentifierPath(writtenName)) {
      throw malformed(`${JSON.stringify(`${writtenModule} ${writtenName}`.slice(0, 120))} is no name`, offset);
    }
    const [module3, name] = protocol < 3 ? python3Name(writtenModule, writtenName) : written;
    const module = fullModule(module3);
    const key = `${module} ${name}`;
    const known = this.#byName.get(key);
    if (known !== undefined) {
      known.count++;
      return known.node;
    }
    const reason = neverReason(writtenModule, writtenName);
    const node = new PyGlobal(module, name, reason === undefined ? this.#status(module, name) : 'unknown', offset);
    this.#byName.set(key, { node, count: 1 });
    if (reason !== undefined) {
      this.#report(
        unsafe(`refers to ${writtenModule}.${writtenName}: ${reason}`, offset, {
          module: writtenModule,
          name: writtenName,
        }),
      );
    }
    return node;
  }

  /** All names in the order of the stream. */
  uses(): GlobalUse[] {
    return [...this.#byName.values()].map(({ node, count }) => ({
      module: node.module,
      name: node.name,
      status: node.status,
      count,
      offset: node.offset,
    }));
  }

  #status(module: string, name: string): GlobalStatus {
    const path = `${module}.${name}`;
    if (callableSpec(path) !== undefined) return 'callable';
    if (KNOWN_CLASSES.get(module)?.has(name) || this.#classes?.has(path)) return 'class';
    return KNOWN_VALUES.get(module)?.has(name) ? 'value' : 'unknown';
  }
}
