import type { PyNode, PyValue } from '../../formats/pickle/nodes.ts';
import { isNode, PyObject } from '../../formats/pickle/nodes.ts';
import { openZip } from '../../formats/zip/open-zip.ts';
import type { ZipArchive, ZipEntry } from '../../formats/zip/read-zip.ts';
import type { ByteSource } from '../../spec/byte-source.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import type { FormatError } from '../../errors/format-error.ts';
import type { Limits } from '../../spec/limits.ts';
import { dtypeOf } from '../graph/dtypes.ts';
import { readArchivedPickle } from '../state-dict/read-archive.ts';
import { readTensor } from '../state-dict/read-tensor.ts';
import { isTensorRecord, readTensorRecord } from '../state-dict/read-tensor-record.ts';
import type { TorchFile } from '../state-dict/torch-file.ts';
import { badTorch } from '../state-dict/torch-problem.ts';
import { CodeTable } from './code-table.ts';

/** A program of TorchScript, read and not yet worked out. */
export interface ScriptProgram {
  readonly code: CodeTable;
  /** The module, its submodules and attributes inside. */
  readonly root: PyObject;
  /** `CONSTANTS.c0`, ... */
  readonly constants: readonly PyValue[];
  /** What `forward` was traced with, by position; `undefined` for what is no tensor. Empty for a scripted program. */
  readonly examples: readonly (ExampleInput | undefined)[];
  /** Every tensor of the module and the constants, by its record. */
  readonly tensors: ReadonlyMap<PyNode, TensorLike>;
  /** Names of the archive's files that belong to no part of the format. */
  readonly strangers: readonly string[];
}

/** An input that a program was traced with. */
export interface ExampleInput {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** How a program is read. */
export interface ScriptReadOptions {
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Takes what is unsafe in a pickle, so that a scan can list all of it. */
  readonly onUnsafe?: (error: FormatError) => void;
}

/** Classes of the program are records: their code is in the archive, and nobody runs it. */
const OWN_CLASSES = { has: (path: string): boolean => path.startsWith('__torch__.') };

const TRACED = 'traced_inputs';
const CODE = /^code\/(__torch__(?:\/[^/]+)*)\.py$/;
const KNOWN =
  /^(?:code\/.*|data\/[^/]*|constants\/[^/]*|traced_inputs\/[^/]*|(?:data|constants|traced_inputs|bytecode)\.pkl|mobile_debug_handles\.pkl|version|byteorder|\.data\/[^/]*|\.format_version|\.storage_alignment|extra\/.*|)$/;

/**
 * Reads the pickles that no program needs (tables of source lines, byte code for phones), so that a scan has seen
 * everything.
 *
 * @throws FormatError as `readScript`
 */
export async function readOtherPickles(source: ByteSource, options: ScriptReadOptions): Promise<void> {
  const archive = await openZip(source, options.limits);
  const root = rootOf(archive);
  for (const name of archive.entries.keys()) {
    if (!name.endsWith('pkl') || !name.startsWith(root)) continue;
    const part = { root, pickle: name.slice(root.length), storages: undefined };
    await readArchivedPickle({ source, archive, part }, { ...options, classes: OWN_CLASSES });
  }
}

/**
 * Reads an archive of `torch.jit.save`.
 *
 * @throws FormatError `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSAFE`, `ML_FORMAT_LIMIT`, ...
 */
export async function readScript(source: ByteSource, options: ScriptReadOptions): Promise<ScriptProgram> {
  const archive = await openZip(source, options.limits);
  const root = rootOf(archive);
  const code = new CodeTable(await readTexts(archive, root), options.limits);
  const open = async (name: string): Promise<TorchFile | undefined> => {
    if (!archive.entries.has(`${root}${name}.pkl`)) return undefined;
    // Of the inputs that a program was traced with, types and shapes are kept, not the elements.
    const part = { root, pickle: `${name}.pkl`, storages: name === TRACED ? undefined : `${name}/` };
    return readArchivedPickle({ source, archive, part }, { ...options, classes: OWN_CLASSES });
  };
  const data = await open('data');
  const constants = await open('constants');
  const traced = await open(TRACED);
  const object = data?.pickle.root;
  if (!(object instanceof PyObject)) throw badTorch('the archive holds no module (data.pkl)');
  const tensors = new Map<PyNode, TensorLike>();
  for (const file of [data, constants]) if (file !== undefined) await readTensors(file, tensors, options);
  return {
    code,
    root: object,
    constants: itemsOf(constants?.pickle.root),
    examples: examplesOf(traced),
    tensors,
    strangers: [...archive.entries.keys()].filter(
      (name) => !name.startsWith(root) || !KNOWN.test(name.slice(root.length)),
    ),
  };
}

function rootOf({ entries }: ZipArchive): string {
  const found = [...entries.keys()].find((name) => /^(?:[^/]+\/)?constants\.pkl$/.test(name));
  if (found === undefined) throw badTorch('the archive has no constants.pkl');
  return found.slice(0, -'constants.pkl'.length);
}

/** The code by module path. */
async function readTexts({ entries }: ZipArchive, root: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const [name, entry] of entries) {
    const module = name.startsWith(root) ? CODE.exec(name.slice(root.length))?.[1] : undefined;
    if (module !== undefined) texts.set(module.replaceAll('/', '.'), await textOf(entry));
  }
  return texts;
}

async function textOf(entry: ZipEntry): Promise<string> {
  const bytes = await entry.read();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function examplesOf(file: TorchFile | undefined): readonly (ExampleInput | undefined)[] {
  const methods = file?.pickle.root;
  const forward = isNode(methods) && methods.kind === 'dict' ? methods.get('forward') : undefined;
  return itemsOf(forward).map((value) => {
    if (file === undefined || !isTensorRecord(value, file.storages)) return undefined;
    const { dtype, shape } = readTensorRecord(value, file.storages);
    const known = dtypeOf(dtype);
    return known === undefined ? undefined : { dtype: known, shape };
  });
}

function itemsOf(value: PyValue | undefined): readonly PyValue[] {
  return isNode(value) && (value.kind === 'tuple' || value.kind === 'list') ? value.items : [];
}

/** Reads every tensor that a pickle holds; data are views of the file where they lie so. */
async function readTensors(
  file: TorchFile,
  tensors: Map<PyNode, TensorLike>,
  { limits, signal }: ScriptReadOptions,
): Promise<void> {
  const seen = new Set<PyNode>();
  const waiting: PyValue[] = [file.pickle.root];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (!isNode(value) || seen.has(value)) continue;
    seen.add(value);
    if (isTensorRecord(value, file.storages)) {
      const entry = readTensorRecord(value, file.storages);
      if (entry.source.kind === 'unreadable') continue;
      const stored = await readTensor(file, ['a tensor', entry], { maxBytes: limits.maxModelBytes, signal });
      const dtype = dtypeOf(stored.dtype);
      if (dtype !== undefined) tensors.set(value, { data: stored.data, shape: stored.shape, dtype });
      continue;
    }
    waiting.push(...insideOf(value));
  }
}

function insideOf(value: PyNode): readonly PyValue[] {
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return value.items;
    case 'dict':
      return Array.from(value, ([, item]) => item);
    case 'object':
      return [...value.args, ...(value.state === undefined ? [] : [value.state])];
    default:
      return [];
  }
}
