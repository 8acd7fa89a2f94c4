import type { CodeFile } from '../../formats/torchscript/code-ast.ts';
import { parseCode } from '../../formats/torchscript/parse-code.ts';
import type { Limits } from '../../spec/limits.ts';
import type { ScriptClass, ScriptFunction } from './script-value.ts';

/** The program's classes and functions by qualified name; a file is parsed when something of it is first asked for. */
export class CodeTable {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #limits: Pick<Limits, 'maxElements'>;
  readonly #parsed = new Map<string, CodeFile>();

  /** @param texts text by module path, e.g. `__torch__.torch.nn.modules.linear` */
  constructor(texts: ReadonlyMap<string, string>, limits: Pick<Limits, 'maxElements'>) {
    this.#texts = texts;
    this.#limits = limits;
  }

  /** Whether a dotted name is a module or may be the beginning of one. */
  isModule(path: string): boolean {
    if (this.#texts.has(path)) return true;
    const prefix = `${path}.`;
    for (const name of this.#texts.keys()) if (name.startsWith(prefix)) return true;
    return false;
  }

  classAt(path: string): ScriptClass | undefined {
    const { module, name } = split(path);
    const definition = this.#file(module)?.classes.get(name);
    return definition === undefined ? undefined : { path, file: fileOf(module), definition };
  }

  functionAt(path: string): ScriptFunction | undefined {
    const { module, name } = split(path);
    const definition = this.#file(module)?.functions.get(name);
    return definition === undefined
      ? undefined
      : { kind: 'function', file: fileOf(module), definition, self: undefined };
  }

  /** Parses every file, for a scan. */
  parseAll(): void {
    for (const module of this.#texts.keys()) this.#file(module);
  }

  /** Every file. */
  all(): readonly CodeFile[] {
    return [...this.#texts.keys()].flatMap((module) => this.#file(module) ?? []);
  }

  #file(module: string): CodeFile | undefined {
    const known = this.#parsed.get(module);
    if (known !== undefined) return known;
    const text = this.#texts.get(module);
    if (text === undefined) return undefined;
    const parsed = parseCode(text, fileOf(module), this.#limits);
    this.#parsed.set(module, parsed);
    return parsed;
  }
}

function split(path: string): { readonly module: string; readonly name: string } {
  const dot = path.lastIndexOf('.');
  return { module: path.slice(0, Math.max(dot, 0)), name: path.slice(dot + 1) };
}

function fileOf(module: string): string {
  return `code/${module.replaceAll('.', '/')}.py`;
}
