import { FormatError } from '../../errors/format-error.ts';
import type { OnnxTensor } from './onnx-model.ts';
import { quoted } from './quoted.ts';

/** Where the values of a tensor are in another file. */
export interface ExternalSpan {
  /** Plain relative path with POSIX separators, as the file spells it. */
  readonly location: string;
  /** Bytes. */
  readonly offset: number;
  /** Bytes, where the file says it. */
  readonly length: number | undefined;
}

const EXTERNAL = 1;
const KEYS: readonly string[] = ['location', 'offset', 'length', 'checksum', 'basepath'];
/**
 * Control characters, what Windows does not allow in names (`:` is a drive, a stream or a URL; `*` and `?` also
 * mark pointers into memory in onnxruntime), backslashes, and what was not UTF-8.
 */
// oxlint-disable-next-line no-control-regex
const NOT_IN_PATHS = /[\u0000-\u001f\u007f<>:"|?*\\\ufffd]/;

/** Whether the tensor says that its values are in another file. */
export function isExternal(tensor: OnnxTensor): boolean {
  return tensor.dataLocation === EXTERNAL;
}

/**
 * Reads and judges what a tensor says of its file; nothing is opened.
 *
 * @throws `ML_FORMAT_UNSAFE` for a path that could leave the model's folder and for unknown keys,
 *   `ML_FORMAT_MALFORMED` for missing or doubled keys and for numbers that are none
 */
export function externalSpan(tensor: OnnxTensor): ExternalSpan {
  const entries = new Map<string, string>();
  for (const { key, value } of tensor.externalData) {
    if (!KEYS.includes(key)) {
      throw problem(tensor, 'ML_FORMAT_UNSAFE', `has the key ${quoted(key)}; allowed are ${KEYS.join(', ')}`);
    }
    if (entries.has(key)) throw problem(tensor, 'ML_FORMAT_MALFORMED', `has the key ${quoted(key)} twice`);
    entries.set(key, value);
  }
  const location = entries.get('location') ?? '';
  if (location === '') throw problem(tensor, 'ML_FORMAT_MALFORMED', 'names no file (location)');
  const segments = location.split('/');
  if (
    NOT_IN_PATHS.test(location) ||
    segments.some((segment) => segment === '' || segment === '.' || segment === '..')
  ) {
    throw problem(
      tensor,
      'ML_FORMAT_UNSAFE',
      `names the file ${quoted(location)}; only a plain path relative to the model is allowed`,
    );
  }
  const offset = bytesOf(tensor, 'offset', entries.get('offset')) ?? 0;
  const length = bytesOf(tensor, 'length', entries.get('length'));
  if (!Number.isSafeInteger(offset + (length ?? 0))) {
    throw problem(tensor, 'ML_FORMAT_MALFORMED', `ends at offset ${offset} + length ${length}, beyond any file`);
  }
  return { location, offset, length };
}

function bytesOf(tensor: OnnxTensor, key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw problem(tensor, 'ML_FORMAT_MALFORMED', `has the ${key} ${quoted(text)}; a number of bytes is needed`);
}

function problem(tensor: OnnxTensor, code: 'ML_FORMAT_UNSAFE' | 'ML_FORMAT_MALFORMED', what: string): FormatError {
  return new FormatError(code, `external data of tensor ${quoted(tensor.name)} ${what}`, {
    details: { tensor: quoted(tensor.name) },
  });
}
