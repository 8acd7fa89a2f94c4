import { createGunzip, createInflate, type Gunzip, type Inflate } from 'node:zlib';
import { AbortedError } from '../../errors/aborted-error.ts';
import { decodeBzip2 } from './bzip2.ts';
import { badData, cutOff, tooLarge } from './compression-problem.ts';
import { decodeLz4 } from './lz4.ts';
import { decodeLzmaAlone } from './lzma.ts';
import { OutputBuffer } from './output-buffer.ts';
import { runSliced, type SliceOptions } from './time-slices.ts';
import { decodeXz } from './xz.ts';

/** The compressions that joblib writes; `zfile` is its own of before 0.10. */
export type Compression = 'zlib' | 'gzip' | 'bzip2' | 'xz' | 'lzma' | 'lz4' | 'zfile';

export interface DecompressOptions extends SliceOptions {
  /** Bytes that the content may have. Default 4 GiB. */
  readonly maxDecompressedBytes?: number;
  /** How many times larger than the file the content may be, beyond 64 MiB. Default 200. */
  readonly maxRatio?: number;
}

const ALWAYS_ALLOWED = 64 * 1024 * 1024;

/** The compression of a file by its first bytes. Extensions say nothing. */
export function detectCompression(bytes: Uint8Array): Compression | undefined {
  const [a = -1, b = -1, c = -1, d = -1, e = -1] = bytes;
  if (a === 0x78 && ((a << 8) | b) % 31 === 0) return 'zlib';
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x42 && b === 0x5a && c === 0x68 && d >= 0x31 && d <= 0x39) return 'bzip2';
  if (a === 0xfd && b === 0x37 && c === 0x7a && d === 0x58 && e === 0x5a) return 'xz';
  if (a === 0x5d && b === 0 && c === 0 && bytes.length >= 13) return 'lzma';
  if (a === 0x04 && b === 0x22 && c === 0x4d && d === 0x18) return 'lz4';
  if (a === 0x5a && b === 0x46 && c === 0x30 && d === 0x78) return 'zfile';
  return undefined;
}

/**
 * The content of compressed bytes, within limits and without holding the event loop.
 *
 * @throws FormatError `ML_FORMAT_LIMIT` where the content is too large, `ML_FORMAT_MALFORMED` and `ML_FORMAT_TRUNCATED`
 * for damaged data, `ML_FORMAT_UNSUPPORTED` for variants; AbortedError `ML_ABORTED`.
 */
export async function decompress(
  bytes: Uint8Array,
  compression: Compression,
  options: DecompressOptions = {},
): Promise<Uint8Array> {
  const { maxDecompressedBytes = 4 * 2 ** 30, maxRatio = 200 } = options;
  const maximum = Math.min(maxDecompressedBytes, Math.max(ALWAYS_ALLOWED, bytes.length * maxRatio));
  // Large pieces for large files: each piece costs a turn of the event loop.
  const chunkSize = Math.min(Math.max(bytes.length, 16 * 1024), 1024 * 1024);
  switch (compression) {
    case 'zlib':
      return inflate(createInflate({ chunkSize }), bytes, { ...options, maximum, format: 'zlib' });
    case 'gzip':
      return inflate(createGunzip({ chunkSize }), bytes, { ...options, maximum, format: 'gzip' });
    case 'zfile':
      return zfile(bytes, { ...options, maximum });
    case 'bzip2':
      return collect(decodeBzip2(bytes, maximum), options);
    case 'xz':
      return collect(decodeXz(bytes, maximum), options);
    case 'lzma':
      return collect(decodeLzmaAlone(bytes, maximum), options);
    case 'lz4':
      return collect(decodeLz4(bytes, maximum), options);
    default:
      return compression satisfies never;
  }
}

async function collect(decoder: Generator<void, Uint8Array>, options: SliceOptions): Promise<Uint8Array> {
  let result: Uint8Array | undefined;
  await runSliced(() => {
    const { done, value } = decoder.next();
    if (done === true) result = value;
    return done === true;
  }, options);
  return result ?? new Uint8Array(0);
}

interface InflateOptions extends SliceOptions {
  readonly maximum: number;
  readonly format: string;
  /** What the file says of its size: only a hint. */
  readonly expected?: number;
}

/** zlib works in its own threads; only the joining of pieces happens here. */
function inflate(stream: Inflate | Gunzip, bytes: Uint8Array, options: InflateOptions): Promise<Uint8Array> {
  const { maximum, format, signal } = options;
  const out = new OutputBuffer(format, maximum, options.expected ?? bytes.length * 6);
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      stream.destroy();
      reject(error);
    };
    const abort = (): void => fail(new AbortedError('ML_ABORTED', 'Reading was aborted.', { cause: signal?.reason }));
    if (signal?.aborted === true) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });
    stream.on('data', (piece: Buffer) => {
      if (out.length + piece.length > maximum) fail(tooLarge(format, maximum));
      else out.append(piece);
    });
    stream.on('error', (error: NodeJS.ErrnoException) => {
      fail(error.code === 'Z_BUF_ERROR' ? cutOff(format) : badData(format, error.message));
    });
    stream.on('end', () => {
      signal?.removeEventListener('abort', abort);
      if (stream.bytesWritten < bytes.length) reject(badData(format, 'bytes follow the content'));
      else resolve(out.bytes);
    });
    stream.end(bytes);
  });
}

/** joblib before 0.10: `ZF`, the size as 19 characters of hexadecimal text, then zlib. */
async function zfile(bytes: Uint8Array, options: SliceOptions & { readonly maximum: number }): Promise<Uint8Array> {
  const header = Buffer.from(bytes.subarray(0, 21)).toString('latin1');
  const size = /^ZF(0x[0-9a-f]{1,16})L? *$/.exec(header)?.[1];
  if (size === undefined) throw badData('joblib ZF', 'the header is wrong');
  // joblib up to 0.8.4 under Python 2 pads with one space more.
  const start = bytes[21] === 0x20 ? 22 : 21;
  const expected = Number(size);
  if (expected > options.maximum) throw tooLarge('joblib ZF', options.maximum);
  const content = await inflate(createInflate(), bytes.subarray(start), { ...options, format: 'joblib ZF', expected });
  if (content.length !== expected) throw badData('joblib ZF', 'the content has another size than declared');
  return content;
}
