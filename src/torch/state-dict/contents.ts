import { FormatError } from '../../errors/format-error.ts';
import { isNode, type PyNode, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import { isTensorRecord, readTensorRecord } from './read-tensor-record.ts';
import { plainData } from './plain-data.ts';
import type { TensorEntry } from './tensor-entry.ts';
import type { TorchFile } from './torch-file.ts';
import { unsupportedTorch } from './torch-problem.ts';

/** Containers inside containers. */
const MAX_DEPTH = 64;
/** Places of a file that are named: tensors and what stands beside them. */
const MAX_PLACES = 250_000;
/** The name of a file's only object, where it is a tensor. */
const ROOT_NAME = 'tensor';
/** Classes named in an error. */
const MAX_NAMES = 12;

/** What a file holds. */
export interface TorchContents {
  /** By name: keys from the outside in, joined with dots. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Places of objects whose class is not known, and the class; they are left unread. */
  readonly unread: ReadonlyMap<string, string>;
  /** Everything as plain data, tensors as their names. */
  value(): unknown;
}

/**
 * Names the tensors of a file and finds what stands beside them.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for a whole module, whose classes only Python knows, and for two tensors with one
 * name; `ML_FORMAT_LIMIT`
 */
export function torchContents({ pickle, storages }: TorchFile): TorchContents {
  const walk = new Walk({ pickle, storages });
  walk.visit(pickle.root, '', 0);
  return {
    tensors: walk.tensors,
    unread: walk.unread,
    value: () => plainData(pickle.root, walk.names),
  };
}

class Walk {
  readonly tensors = new Map<string, TensorEntry>();
  readonly unread = new Map<string, string>();
  /** The first name of each record. */
  readonly names = new Map<PyNode, string>();
  readonly #file: Pick<TorchFile, 'pickle' | 'storages'>;
  readonly #entries = new Map<PyNode, TensorEntry>();
  /** Whether a container holds something that needs a name, at any depth. */
  readonly #holds = new Map<PyNode, boolean>();
  #places = 0;

  constructor(file: Pick<TorchFile, 'pickle' | 'storages'>) {
    this.#file = file;
  }

  visit(value: PyValue, name: string, depth: number): void {
    if (!isNode(value)) return;
    if (depth > MAX_DEPTH) throw overLimit('nesting', MAX_DEPTH);
    if (isTensorRecord(value, this.#file.storages)) {
      this.#add(value, name === '' ? ROOT_NAME : name);
      return;
    }
    const items = itemsOf(value);
    if (items === undefined) {
      if (value instanceof PyObject && !isData(value)) this.#leave(value, name);
      return;
    }
    for (const [key, item] of items) {
      if (!this.#needsName(item, depth + 1)) continue;
      if (++this.#places > MAX_PLACES) throw overLimit('named places', MAX_PLACES);
      this.visit(item, name === '' ? key : `${name}.${key}`, depth + 1);
    }
  }

  #add(record: PyObject, name: string): void {
    if (this.tensors.has(name)) {
      throw unsupportedTorch(
        `two tensors of the file are named ${JSON.stringify(name)}; rename a key that holds a dot`,
        {
          tensor: name,
        },
      );
    }
    let entry = this.#entries.get(record);
    if (entry === undefined) {
      entry = readTensorRecord(record, this.#file.storages);
      this.#entries.set(record, entry);
      this.names.set(record, name);
    }
    this.tensors.set(name, entry);
  }

  #leave(value: PyObject, name: string): void {
    if (value.attr('_modules') !== undefined || value.attr('_parameters') !== undefined) {
      throw wholeModule(value, this.#file.pickle.unknown);
    }
    this.unread.set(name, value.cls.path);
  }

  #needsName(value: PyValue, depth: number): boolean {
    if (!isNode(value)) return false;
    const known = this.#holds.get(value);
    if (known !== undefined) return known;
    if (depth > MAX_DEPTH) throw overLimit('nesting', MAX_DEPTH);
    // While it is looked at, so that a container that contains itself does not end in a circle.
    this.#holds.set(value, false);
    const items = isTensorRecord(value, this.#file.storages) ? undefined : itemsOf(value);
    const needs =
      items === undefined
        ? value instanceof PyObject && !isData(value)
        : items.some(([, item]) => this.#needsName(item, depth + 1));
    this.#holds.set(value, needs);
    return needs;
  }
}

/** Objects that are data: paths, devices, layouts, namespaces of arguments. */
function isData({ cls }: PyObject): boolean {
  return /^(?:pathlib\.|torch\.device$|torch\.serialization\._get_layout$|argparse\.Namespace$)/.test(cls.path);
}

/** The items of a container by key. */
function itemsOf(value: PyNode): (readonly [key: string, item: PyValue])[] | undefined {
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return value.items.map((item, i) => [String(i), item] as const);
    case 'dict':
      return Array.from(value, ([key, item]) => [keyText(key), item] as const);
    case 'object': {
      const dict = value.entries ?? (value.cls.path === 'argparse.Namespace' ? value.attributes : undefined);
      return dict && Array.from(dict, ([key, item]) => [keyText(key), item] as const);
    }
    default:
      return undefined;
  }
}

function keyText(key: PyValue): string {
  if (!isNode(key)) return String(key);
  if (key.kind === 'float') return String(key.value);
  if (key.kind === 'scalar') return isNode(key.value) ? key.value.kind : String(key.value);
  return key.kind === 'tuple' ? key.items.map((part) => (isNode(part) ? part.kind : String(part))).join(',') : key.kind;
}

function wholeModule(value: PyObject, unknown: TorchFile['pickle']['unknown']): FormatError {
  const classes = [...new Set([value.cls.path, ...unknown.map(({ module, name }) => `${module}.${name}`)])];
  const listed = classes.slice(0, MAX_NAMES).join(', ') + (classes.length > MAX_NAMES ? ', ...' : '');
  return unsupportedTorch(
    `the file holds a whole module of the class ${value.cls.path}; to rebuild it Python would import ${listed}. Save its tensors with torch.save(model.state_dict(), path), or the program too with torch.export.save(torch.export.export(model, inputs), path)`,
    { classes, module: value.cls.module, name: value.cls.name },
  );
}

function overLimit(limit: string, value: number): FormatError {
  return new FormatError('ML_FORMAT_LIMIT', `the PyTorch file has more ${limit} than ${value}`, {
    details: { limit, value },
  });
}
