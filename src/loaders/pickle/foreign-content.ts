import { FormatError } from '../../errors/format-error.ts';

const text = (value: string): readonly number[] => Array.from(value, (character) => character.charCodeAt(0));

/** What files named like pickles turn out to be, by their first bytes. */
const KINDS: readonly (readonly [start: readonly number[], what: string])[] = [
  [text('PK\u0003\u0004'), 'a zip archive, such as PyTorch, Keras and numpy (.npz) write'],
  [text('PK\u0005\u0006'), 'an empty zip archive'],
  [[0x89, ...text('HDF\r\n\u001a\n')], 'an HDF5 file, such as Keras writes'],
  [[0x89, ...text('PNG')], 'a PNG image'],
  [[0xff, 0xd8, 0xff], 'a JPEG image'],
  [text('7z\u00bc\u00af'), 'a 7-Zip archive'],
  [text('Rar!'), 'a RAR archive'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'Zstandard-compressed'],
  [text('%PDF'), 'a PDF document'],
  [text('ARROW1'), 'an Arrow file'],
  [text('PAR1'), 'a Parquet file'],
  [text('SQLite format 3'), 'an SQLite database'],
  [[0x7f, ...text('ELF')], 'a program'],
  [text('MZ'), 'a program'],
  [text('RDX'), 'an R data file'],
];

/** The number that PyTorch before 1.6 put first, as a pickle of its own (protocol 2, LONG1, ten bytes). */
const LEGACY_TORCH = [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

/**
 * Refuses what is no pickle at all but something known, by saying what it is.
 *
 * @throws `ML_FORMAT_UNSUPPORTED`
 */
export function refuseForeignContent(bytes: Uint8Array, name: string): void {
  const what = startsWith(bytes, LEGACY_TORCH)
    ? 'a file of PyTorch before 1.6; load it in Python and save it again with torch.save'
    : KINDS.find(([start]) => startsWith(bytes, start))?.[1];
  if (what === undefined) return;
  throw new FormatError('ML_FORMAT_UNSUPPORTED', `${name} is no pickle: its content is ${what}`, {
    details: { name, content: what },
  });
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
