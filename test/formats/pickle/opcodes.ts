// A small assembler of pickles, so that tests can write streams that no pickler would.
import { OP } from '../../../src/formats/pickle/opcodes.ts';

export type Piece = keyof typeof OP | Uint8Array | number;

/** Opcodes by name, bytes by number, and anything else as bytes. */
export function pickle(...pieces: readonly Piece[]): Uint8Array {
  return Buffer.concat(
    pieces.map((piece) =>
      typeof piece === 'string' ? Buffer.of(OP[piece]) : typeof piece === 'number' ? Buffer.of(piece) : piece,
    ),
  );
}

/** GLOBAL with its two lines. */
export function global(module: string, name: string): Uint8Array {
  return Buffer.from(`c${module}\n${name}\n`);
}

/** SHORT_BINUNICODE. */
export function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.of(OP.SHORT_BINUNICODE, bytes.length), bytes]);
}

export function raw(value: string): Uint8Array {
  return Buffer.from(value, 'latin1');
}

export function u64(value: number | bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** The code of the error that a call raises, or `undefined`; anything untyped is thrown on. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('ML_'))
      return error.code;
    throw error;
  }
}
